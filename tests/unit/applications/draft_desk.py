"""Requests on drafts and their attachments, with the stores behind them at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx2

from services.applications.attachment.domain.kinds import PDF
from shared.contents.memory import InMemoryContentStore
from shared.eventlog.memory import InMemoryEventLog
from tests.unit.applications.desk import BASE, Caller, a_body, client_with


def a_draft_body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the form
    """Return a draft whose form is complete, with other fields."""
    form = a_body(**changes)
    return {"call": form.pop("call"), "form": form}


class DraftDesk(Caller):
    """Requests on drafts."""

    def __init__(self, client: httpx2.AsyncClient, log: InMemoryEventLog, contents: InMemoryContentStore) -> None:
        super().__init__(client)
        self.log, self.contents = log, contents

    async def begun(self, who: str = "editor", **changes: Any) -> str:  # noqa: ANN401 - any field of the form
        """Begin a draft and return its id."""
        answer = await self.post(who, "/drafts", a_draft_body(**changes))
        assert answer.status_code == 201, answer.text
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["location"] == f"{BASE}/drafts/{answer.json()['id']}"
        return str(answer.json()["id"])

    async def put(self, who: str, draft: str, body: object, etag: str | None) -> httpx2.Response:
        """Save a draft."""
        headers = {"authorization": f"Bearer {who}", **({"if-match": etag} if etag else {})}
        return await self.client.put(f"{BASE}/drafts/{draft}", json=body, headers=headers)

    async def delete(self, who: str, draft: str, **headers: str) -> httpx2.Response:
        """Remove a draft, or what lies below it."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.delete(f"{BASE}/drafts/{draft}", headers={"authorization": f"Bearer {who}", **named})

    async def submit(self, who: str, draft: str, *, e_id: bool = False, **headers: str) -> httpx2.Response:
        """Submit a draft."""
        return await self.post(who, f"/drafts/{draft}/submissions", {"signed_with_e_id": e_id}, **headers)

    async def attach(
        self, draft: str, content: bytes, *, who: str = "editor", name: str = "bilaga.pdf", media_type: str = PDF
    ) -> httpx2.Response:
        """Attach a file to a draft, as the body itself."""
        headers = {
            "authorization": f"Bearer {who}",
            "content-type": media_type,
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        }
        return await self.client.post(f"{BASE}/drafts/{draft}/attachments", content=content, headers=headers)


@asynccontextmanager
async def a_draft_desk(*, clamav_address: str | None = None) -> AsyncIterator[DraftDesk]:
    """Serve with fakes behind, after the call was published."""
    log, contents = InMemoryEventLog(), InMemoryContentStore()
    async with client_with(log=log, contents=contents, clamav_address=clamav_address) as client:
        desk = DraftDesk(client, log, contents)
        assert (await desk.publish()).status_code == 201
        yield desk
