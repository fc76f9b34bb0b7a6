"""Whether the process lives, and whether everything that it leans on answers."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog
from fastapi import APIRouter
from starlette.responses import Response

from shared.web.metrics import exposition
from shared.web.refusals import NotReady
from shared.web.runtime import Probe

PROBE_SECONDS_MAX: Final = 2.0

log: Any = structlog.get_logger()


def health_router(probes: Mapping[str, Probe]) -> APIRouter:
    """Return `/health/live`, `/health/ready` and `/metrics`. A probe is well when it returns within two seconds.

    They ask for no token: they are for the operator's network, and a proxy in front must not forward them.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """Processen svarar. / The process answers."""
        return {"status": "pass"}

    @router.get("/health/ready")
    async def ready() -> dict[str, str]:
        """Allt som tjänsten behöver svarar. / Everything that the service needs answers."""
        answers = await asyncio.gather(*(_is_well(name, probe) for name, probe in probes.items()))
        silent = [name for name, well in zip(probes, answers, strict=True) if not well]
        if silent:
            raise NotReady(parts=", ".join(silent))
        return {"status": "pass"}

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Mätvärden för Prometheus. / Metrics for Prometheus."""
        return exposition()

    return router


async def _is_well(name: str, probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS_MAX):
            await probe()
    except Exception as error:  # noqa: BLE001 - whatever a probe says by failing, the answer is: not ready
        log.warning("probe_failed", part=name, error=type(error).__name__)
        return False
    return True
