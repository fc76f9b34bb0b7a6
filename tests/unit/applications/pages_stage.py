"""The service's pages in a sandbox, over a log and read models in memory, and the people who look at them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import httpx2
import yaml

from services.applications.main import SERVICE
from shared.auth.session import COOKIE
from shared.contents.memory import InMemoryContentStore
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.port import Position
from tests.unit.applications.desk import a_body, a_consolidation_body, an_assessment_body
from tests.unit.applications.examples import CALL_FILE, NOON
from tests.unit.auth.a_sandbox import api_in_sandbox, its_own_issuer
from tests.unit.participants.read_models import MemoryReadModels
from tests.unit.web.a_service import client_of, runtime

PAGES: Final = "/applications/pages"
FROM_HERE: Final = {"sec-fetch-site": "same-origin"}
_PEOPLE: Final = {
    "editor-1": ("test-science-park", ["org.editor"]),
    "signatory-1": ("test-science-park", ["org.signatory", "org.editor"]),
    "signatory-2": ("test-science-park", ["org.signatory"]),
    "foreign-1": ("test-cluster", ["org.editor", "org.signatory"]),
    "manager-1": ("test-agency", ["agency.programme_manager"]),
    "registrar-1": ("test-agency", ["agency.registrar"]),
    "officer-1": ("test-agency", ["agency.case_officer", "agency.registrar"]),
    "officer-2": ("test-agency", ["agency.case_officer", "agency.decision_maker"]),
    "decider-1": ("test-agency", ["agency.decision_maker"]),
}
NAMES: Final = {"test-science-park": "Exempel Science Park (testdata)", "test-agency": "Myndigheten (testdata)"}


class Following:
    """Reads that fold everything recorded before they answer."""

    def __init__(self, models: MemoryReadModels, log: InMemoryEventLog) -> None:
        self._models = models
        self._log = log

    async def wait(self, projection: str, positions: Sequence[Position], timeout_s: float) -> None:
        """Follow the log at once."""
        del projection, positions, timeout_s
        self._models.follow(self._log)


class Stage:
    """The whole API with its sandbox issuer; `now` may be moved."""

    def __init__(self, folder: Path, base: str = "http://testserver") -> None:
        clients_file = folder / "clients.yaml"
        clients = [
            {
                "client_id": name,
                "client_secret": f"secret-of-{name}",
                "name": name,
                "organisation": organisation,
                "subject": name,
                "roles": roles,
            }
            for name, (organisation, roles) in _PEOPLE.items()
        ]
        clients_file.write_text(yaml.safe_dump({"clients": clients}), encoding="utf-8")
        self.now = NOON
        self.log = InMemoryEventLog()
        self.contents = InMemoryContentStore()
        self.models = MemoryReadModels(SERVICE.projections[0])
        self._tokens: dict[str, str] = {}
        found = replace(
            runtime(clock=self.clock, **its_own_issuer(clients_file, base)),
            log=self.log,
            contents=self.contents,
            db=self.models.db,
            reads=Following(self.models, self.log),
            organisations=NAMES,
        )
        self.api = api_in_sandbox(SERVICE, found)
        self.client = client_of(self.api)

    def clock(self) -> datetime:
        """Return the time of the stage."""
        return self.now

    async def token(self, who: str) -> str:
        """Return a token of somebody."""
        if who not in self._tokens:
            form = {"grant_type": "client_credentials", "client_id": who, "client_secret": f"secret-of-{who}"}
            self._tokens[who] = (await self.client.post("/sandbox/token", data=form)).json()["access_token"]
        return self._tokens[who]

    async def call(self, who: str, path: str, body: object) -> httpx2.Response:
        """Send a command to the API."""
        headers = {"authorization": f"Bearer {await self.token(who)}"}
        answer = await self.client.post(f"/applications/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        self.models.follow(self.log)
        return answer

    async def publish(self) -> None:
        """Publish the pilot's call."""
        headers = {"authorization": f"Bearer {await self.token('manager-1')}", "content-type": "application/yaml"}
        answer = await self.client.post("/applications/v1/calls", content=CALL_FILE.read_bytes(), headers=headers)
        assert answer.status_code == 201, answer.text
        self.models.follow(self.log)

    async def submitted(self, *, signed: bool = True, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Submit an application, and return its id."""
        body = a_body(**{"signed_with_e_id": signed, **changes})
        return str((await self.call("signatory-1", "/applications", body)).json()["id"])

    async def cleared(self, application: str, *persons: str) -> None:
        """Let persons declare that they have no conflict."""
        for person in persons:
            await self.call(person, f"/applications/{application}/conflicts-of-interest", {"has_conflict": False})

    async def handled(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Consolidate the assessments of an application: ready for a decision by decider-1."""
        application = await self.scored(**changes)
        await self.call("officer-1", f"/applications/{application}/consolidations", a_consolidation_body())
        return application

    async def scored(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Submit, register, clear, contact and assess an application by both officers, each alone."""
        application = await self.submitted(**changes)
        await self.call("registrar-1", f"/applications/{application}/registrations", None)
        await self.cleared(application, "officer-1", "officer-2", "decider-1")
        contact = {"contacted_at": NOON.isoformat(), "channel": "phone", "words": "Vi gick igenom budgeten."}
        await self.call("officer-1", f"/applications/{application}/contacts", contact)
        for officer in ("officer-1", "officer-2"):
            await self.call(officer, f"/applications/{application}/assessments", an_assessment_body())
        return application

    async def cookies(self, who: str) -> dict[str, str]:
        """Return the cookies of somebody's session."""
        return {COOKIE: await self.token(who)}

    async def get(self, who: str, path: str) -> httpx2.Response:
        """Open a page, as a browser does."""
        headers = {"cookie": f"{COOKIE}={await self.token(who)}", "accept": "text/html", **FROM_HERE}
        return await self.client.get(path if path.startswith("/") else f"{PAGES}/{path}", headers=headers)

    async def send(self, who: str, path: str, **fields: str | list[str]) -> httpx2.Response:
        """Send a form, as a browser does."""
        headers = {"cookie": f"{COOKIE}={await self.token(who)}", "accept": "text/html", **FROM_HERE}
        return await self.client.post(f"{PAGES}/{path}", data=fields, headers=headers)

    async def sent(self, who: str, path: str, **fields: str | list[str]) -> str:
        """Send a form that is taken, and return the page that it leads to."""
        answer = await self.send(who, path, **fields)
        assert answer.status_code == 303, words_of(answer.text)
        return words_of((await self.get(who, answer.headers["location"])).text)


async def page(stage: Stage, who: str, path: str) -> str:
    """Open a page that is there, and return its words."""
    answer = await stage.get(who, path)
    assert answer.status_code == 200, words_of(answer.text)
    return words_of(answer.text)


def words_of(page: str) -> str:
    """Return the words of a page without its marks, one space between them."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).replace("\N{NO-BREAK SPACE}", " ")


def fields_of(text: str) -> dict[str, Any]:
    """Return the fields of the page's form as a browser would send them untouched."""
    form = re.search(r'<form method="post"[^>]*novalidate>.*?</form>', text, re.DOTALL)
    assert form is not None
    found: dict[str, Any] = {
        name: unescape(value) for name, value in re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', form[0])
    }
    boxes = set(re.findall(r'<input type="checkbox"[^>]*name="([^"]+)"', form[0]))
    found = {name: value for name, value in found.items() if name not in boxes and name != "more"}
    for name, value in re.findall(r'type="checkbox"[^>]*name="([^"]+)" value="([^"]*)" checked', form[0]):
        found.setdefault(name, []).append(value)
    for name, text_in in re.findall(r'<textarea id="([^"]+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL):
        found[name] = unescape(text_in)
    for name, options in re.findall(r'<select id="([^"]+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def sent_file(stage: Stage, path: str, content: bytes, name: str, media_type: str) -> httpx2.Response:
    """Send a form with one file, as a browser does."""
    headers = {"cookie": f"{COOKIE}={await stage.token('editor-1')}", "accept": "text/html", **FROM_HERE}
    files = {"file": (name, content, media_type)}
    return await stage.client.post(f"{PAGES}/{path}", files=files, headers=headers)
