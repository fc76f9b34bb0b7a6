"""What the agency does with a case before anybody decides on it."""

import asyncio

from tests.chaos import bodies
from tests.chaos.client import Clients


async def handle(clients: Clients, address: str) -> None:
    """Give the case its number, rule out conflicts of interest, and contact the applicant.

    Raises GoneError when a client died on the way.
    """
    registering = clients.command("agency-registrar", "register case", f"{address}/registrations", now=bodies.HANDLED)
    await asyncio.gather(registering, *(_no_conflict(clients, person, address) for person in bodies.HANDLERS))
    contact = bodies.a_contact()
    await clients.command(bodies.HANDLERS[0], "contact", f"{address}/contacts", contact, now=bodies.HANDLED)


async def _no_conflict(clients: Clients, person: str, address: str) -> None:
    declaration, where = bodies.no_conflict(), f"{address}/conflicts-of-interest"
    await clients.command(person, "declare no conflict", where, declaration, now=bodies.HANDLED)


async def assess(clients: Clients, address: str, number: int) -> None:
    """Have a case assessed by two officers at once, and consolidated by the first one; `number` spreads their points.

    Raises GoneError.
    """
    await asyncio.gather(*(_assess(clients, officer, address, number) for officer in (1, 2)))
    together = bodies.a_consolidation(_points(1, number))
    await clients.command("agency-officer-1", "consolidate", f"{address}/consolidations", together, now=bodies.DECIDED)


def _points(officer: int, number: int) -> int:
    return 1 + (number + officer) % 5


async def _assess(clients: Clients, officer: int, address: str, number: int) -> None:
    assessment = bodies.an_assessment(_points(officer, number))
    await clients.command(
        f"agency-officer-{officer}", "assess", f"{address}/assessments", assessment, now=bodies.DECIDED
    )
