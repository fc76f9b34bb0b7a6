"""Commands at a steady rate: an open loop that does not wait for answers, on the event log as the API uses it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext
from shared.kernel.ids import OrganisationId, new_id
from shared.mongo import connect
from tests.bench.facts import TRACE, WORK, a_report
from tests.bench.instants import write_instants
from tests.bench.settings import BenchSettings

_TENANT = OrganisationId("0190a000-0000-7000-8000-000000000005")


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of an open loop: commits, how many each second, and the longest that one began too late (seconds)."""

    commits: int
    per_second: float
    late_s_max: float

    def as_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self))


async def generate(
    settings: BenchSettings, rate: int, seconds: float, projects: Sequence[str], path: Path
) -> Generated:
    """Append `rate` commits a second to the streams of `projects` in turn; note in `path` when each was answered.

    A line of `path` is `project version instant`, the instant by the machine's monotonic clock.
    """
    client = connect(settings.mongodb_uri, app_name="bench-generator")
    log = MongoEventLog(client, client[settings.database_name], claims_key=bytes(32))
    answered: list[tuple[str, int, float]] = []

    async def append(project: str, count: int) -> None:
        receipt = await log.decide(WORK.at(project, key=project), lambda _: [a_report(project, count)], _context())
        answered.append((project, receipt.positions[0].version, monotonic()))

    began = monotonic()
    late_s_max = 0.0
    async with asyncio.TaskGroup() as group:
        for count in range(int(rate * seconds)):
            due = began + count / rate
            if (ahead_s := due - monotonic()) > 0:
                await asyncio.sleep(ahead_s)
            late_s_max = max(late_s_max, monotonic() - due)
            group.create_task(append(projects[count % len(projects)], count))
    lasted_s = monotonic() - began
    write_instants(path, answered)
    await log.close()
    client.close()
    return Generated(len(answered), len(answered) / lasted_s, late_s_max)


def _context() -> CommandContext:
    return CommandContext(
        actor="sandbox:owner-vast-cluster",
        client="owner-vast-cluster",
        tenant=_TENANT,
        now=datetime.now(UTC),  # noqa: TID251 - a load generator is a clock
        request_hash="0" * 64,
        idempotency_key=new_id(),
        traceparent=TRACE,
    )
