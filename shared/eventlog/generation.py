"""Which generation of its log a service is in: one more each time that the log was restored from an older copy."""

from typing import Final

from shared.mongo import Database

COLLECTION: Final = "log_generation"
"""One document `{_id: "log", number, minted_at}`; none in the first generation."""
FIRST: Final = 1
_ID: Final = "log"


async def generation_of(database: Database) -> int:
    """Return the generation of the log in a service's database, from 1. The driver's errors pass through."""
    found = await database[COLLECTION].find_one({"_id": _ID})
    return FIRST if found is None else int(found["number"])


async def set_generation(database: Database, number: int) -> None:
    """Begin a generation. The driver's errors pass through."""
    await database[COLLECTION].update_one(
        {"_id": _ID}, {"$set": {"number": number}, "$currentDate": {"minted_at": True}}, upsert=True
    )
