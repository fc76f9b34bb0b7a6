"""The usual ways of taking a command, on the same stack: nothing at all, one insert, and a transactional outbox."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings

from shared.kernel.ids import new_id
from shared.mongo import connect


class PeerSettings(BaseSettings):
    """Where the peers' database is."""

    mongodb_uri: str
    lotsen_namespace: str


class PaidIn(BaseModel):
    """The same command as ours: co-funding paid in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    amount_ore: Annotated[int, Field(gt=0)]
    paid_on: str


def create_peers() -> FastAPI:
    """Return an application with one endpoint per peer, each on POST with the same body."""
    settings = PeerSettings()
    database: Any = None
    client: Any = None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal database, client
        client = connect(settings.mongodb_uri, app_name="peers")
        database = client[f"{settings.lotsen_namespace}_peers"]
        for collection in ("inserts", "states", "outbox"):  # made before: a first insert inside a transaction conflicts
            await database.drop_collection(collection)
            await database.create_collection(collection)
        yield
        client.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.post("/empty", status_code=201)
    async def empty() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/insert/{project}", status_code=201)
    async def insert(project: str, body: PaidIn) -> dict[str, str]:
        document: dict[str, Any] = {
            "_id": new_id(),
            "project": project,
            "amount_ore": body.amount_ore,
            "paid_on": body.paid_on,
        }
        await database.inserts.insert_one(document)
        return {"id": document["_id"]}

    @app.post("/outbox/{project}", status_code=201)
    async def outbox(project: str, body: PaidIn) -> dict[str, Any]:
        async def decide(session: Any) -> int:  # noqa: ANN401 - the driver's session has no public type here
            state = await database.states.find_one({"_id": project}, session=session)
            version = state["version"] if state else 0
            paid_in = (state["paid_in_ore"] if state else 0) + body.amount_ore
            await database.states.update_one(
                {"_id": project},
                {"$set": {"version": version + 1, "paid_in_ore": paid_in}},
                upsert=True,
                session=session,
            )
            fact: dict[str, Any] = {"_id": new_id(), "project": project, "version": version + 1, **body.model_dump()}
            fact["at"] = datetime.now(UTC)  # noqa: TID251 - the peer has no clock of its own
            await database.outbox.insert_one(fact, session=session)
            return int(version) + 1

        async with await client.start_session() as session:
            return {"version": await session.with_transaction(decide)}

    return app


if __name__ == "__main__":
    uvicorn.run(create_peers(), port=int(sys.argv[1]), loop="uvloop", log_config=None, access_log=False)
