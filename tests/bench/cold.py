"""The API as `lotsen serve` runs it, but for one setting: it remembers no states, so that all are read."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

import uvicorn
import uvloop

from deploy.services import SERVICES
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.settings import LogSettings
from shared.logs import configure_logs
from shared.mongo import connect
from shared.service import Service
from shared.settings import ApiSettings, load_settings
from shared.web.application import create_api
from shared.web.runtime import open_runtime, verifier_of

FORGETFUL: Final = LogSettings(states_remembered_max=0)


async def serve(settings: ApiSettings, services: Sequence[Service], port: int) -> None:
    """Serve `services` until SIGINT or SIGTERM."""
    client = connect(settings.mongodb_address(), app_name="bench-cold")
    tokens = verifier_of(settings)
    async with AsyncExitStack() as stack:
        runtimes = {}
        for service in services:
            runtime = await stack.enter_async_context(open_runtime(service, settings, tokens=tokens))
            log = MongoEventLog(
                client,
                client[f"{settings.namespace}_{service.name}"],
                claims_key=settings.claims_key_bytes(),
                settings=FORGETFUL,
            )
            stack.push_async_callback(log.close)
            runtimes[service.name] = replace(runtime, log=log)
        app = create_api(services, runtimes)
        config = uvicorn.Config(app, port=port, log_config=None, access_log=False, server_header=False)
        await uvicorn.Server(config).serve()
    client.close()


if __name__ == "__main__":
    _settings = load_settings(ApiSettings)
    configure_logs(_settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(_settings, [SERVICES[name] for name in sys.argv[2:]], int(sys.argv[1])))
