"""`lotsen reconcile`: a read model against the logs that it follows, printed for a person."""

from collections.abc import Iterable

import typer

from deploy.initialise import database_of
from deploy.operating import connected, end_with, live_edition, logs_of, named
from shared.mongo import Client
from shared.projector.definition import Projection
from shared.projector.reconcile import Reconciliation, Report, TooMuchToRepairError, UnknownStreamError
from shared.projector.reconcile_findings import Finding
from shared.settings import WorkSettings

EXIT_DIFFERS = 3
_LINES_MAX = 50


async def reconcile(
    settings: WorkSettings, service: str, projection: str | None, *, stream: str | None, repair: bool
) -> None:
    """Compare read models with the logs, and print what differs. Ends with code 3 when anything is left so.

    It reads the logs of the publishers, but of them only what they publish: types, positions and contents of facts.
    A service's own processes never do: this is the operator's, of the whole deployment.
    """
    left = 0
    async with connected(settings) as client:
        for found in named(service, projection):
            left += await _one(client, settings, service, found, stream=stream, repair=repair)
    if left:
        raise typer.Exit(EXIT_DIFFERS)


async def _one(
    client: Client, settings: WorkSettings, service: str, projection: Projection, *, stream: str | None, repair: bool
) -> int:
    database = database_of(client, settings, service)
    edition = await live_edition(database, projection)
    logs = logs_of(client, settings, projection)
    try:
        report = await Reconciliation(client, database, edition, logs).run(repair=repair, stream=stream)
    except UnknownStreamError:
        end_with(f"no log that {projection.name} follows has a stream {stream}")
    except TooMuchToRepairError as error:
        end_with(str(error), code=EXIT_DIFFERS)
    for line in told(f"{service}/{edition.name}", report, repair=repair):
        typer.echo(line)
    return len(report.left)


def told(name: str, report: Report, *, repair: bool) -> Iterable[str]:
    """Yield what a person is told of one read model."""
    yield f"{name}: {report.streams} streams and {report.documents} documents compared, {_differ(report.findings)}"
    repaired = set(report.repaired)
    for found in report.findings[:_LINES_MAX]:
        mended = " · repaired" if found in repaired else ""
        yield f"  {found.kind:<11} {found.place}  ({found.detail}){mended}"
    if len(report.findings) > _LINES_MAX:
        yield f"  … and {len(report.findings) - _LINES_MAX} more"
    if report.parked or report.held:
        yield f"  {report.parked} streams are parked, {report.held} facts are held: see lotsen parked list"
    if repair and report.findings:
        yield f"  {len(report.repaired)} repaired, {len(report.left)} left"


def _differ(findings: Iterable[Finding]) -> str:
    counts: dict[str, int] = {}
    for found in findings:
        counts[found.kind] = counts.get(found.kind, 0) + 1
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "nothing differs"
