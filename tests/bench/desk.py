"""What people wait for at their desks: a list of long applications, the check of a draft, the inbox, a decision."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final

import httpx2

import services.applications.call
from deploy.local.layout import free_ports
from deploy.system import System, running_system
from services.applications.application.domain import APPLICATIONS, Application, SubmitApplication, submit
from services.applications.application.handlers.arriving import FORM, keep_form
from services.applications.application.schemas.letters import letter_page
from services.applications.call.schemas import read_call_file
from shared.contents.mongo_store import MongoContentStore
from shared.contracts.applications import ApplicationFact, ConflictDeclared
from shared.contracts.call import CallDefinition
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext
from shared.kernel.ids import ApplicationId, OrganisationId, new_id
from shared.pdf import typeset
from tests.bench.seeding import at_once, until_projected
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number
from tests.unit.applications.examples import a_form
from tests.unit.applications.letters import a_letter, granted

APPLICATIONS_IN_ALL: Final = 10_000
IN_A_LIST: Final = 1_000
MANY_ANSWERS: Final = 120
FEW_ANSWERS: Final = 12
_NAMESPACE: Final = "desk"
_CALLS: Final = Path(services.applications.call.__path__[0]) / "calls"
_PILOT: Final = "pilot-fortsattning-saker-digitalisering-2023"
_ANSWER: Final = "Vi samlar företagen i små grupper och arbetar med deras egna risker. " * 6
_ASKED: Final = 200
_WARM: Final = 20
_LETTERS: Final = 20
_OFFICER: Final = "agency-officer-1"
_OPEN_DAY: Final = datetime(2023, 2, 20, 11, tzinfo=UTC)
_MS: Final = 1_000.0


async def measure(stage: Stage) -> Figures:
    """Fill the desk, then ask one question after the other over one connection, as one person does."""
    (port,) = free_ports(1)
    stage.on_step("Starting the whole system")
    async with running_system(stage.state_dir / "desk", port=port, namespace=_NAMESPACE, given=stage.given) as system:
        call = read_call_file((_CALLS / f"{_PILOT}.yaml").read_bytes())
        sizes = {"many": (IN_A_LIST, MANY_ANSWERS), "few": (IN_A_LIST, FEW_ANSWERS)}
        sizes["rest"] = (APPLICATIONS_IN_ALL - 2 * IN_A_LIST, 1)
        stage.on_step(f"Recording {APPLICATIONS_IN_ALL} applications")
        for name, (count, answers) in sizes.items():
            await _submit(stage, system, call, _organisation(name), count, answers)
        database = stage.database(_NAMESPACE, "applications")
        await until_projected(database, "applications", {}, APPLICATIONS_IN_ALL)
        stage.on_step("Asking")
        async with httpx2.AsyncClient(base_url=system.base_url, timeout=30.0) as http:
            return await _measured(system, http)


def letters(number: int) -> str:
    """Return a number in letters: fields of answers have no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _organisation(name: str) -> OrganisationId:
    return OrganisationId(f"bench-{name}")


async def _submit(
    stage: Stage, system: System, call: CallDefinition, organisation: OrganisationId, count: int, answers: int
) -> None:
    key = (Path(system.environment["LOTSEN_SECRETS_DIR"]) / "lotsen_content_master_key").read_text(encoding="utf-8")
    name = f"{_NAMESPACE}_applications"
    contents = MongoContentStore(stage.client[name], stage.client[f"{name}_keys"], master_key=base64.b64decode(key))
    log = MongoEventLog(stage.client, stage.client[name], claims_key=bytes(32))
    officer = system.clients[_OFFICER].subject
    form = replace(a_form(), answers={f"more_{letters(number)}": _ANSWER for number in range(answers)})

    async def one(_number: int) -> None:
        application = ApplicationId(new_id())
        kept = await keep_form(application, form, contents)
        # The rules are asked of the complete form; what is kept has as many answers as wanted.
        command = SubmitApplication(application, organisation, "bench", a_form(), by_editor=True)
        facts: list[ApplicationFact] = [*submit(Application(), command, call, kept=kept, now=_OPEN_DAY)]
        facts.append(ConflictDeclared(application_id=application, person=officer, has_conflict=False))
        await log.decide(APPLICATIONS.new(application, key=application), lambda _: facts, _context(organisation))

    try:
        await at_once(range(count), one)
    finally:
        await log.close()


def _context(organisation: OrganisationId) -> CommandContext:
    return CommandContext(actor="bench", client="bench", tenant=organisation, now=_OPEN_DAY, request_hash="0" * 64)


async def _measured(system: System, http: httpx2.AsyncClient) -> Figures:
    headers = {"authorization": f"Bearer {await _token(system, http, _OFFICER)}"}
    owner = {"authorization": f"Bearer {await _token(system, http, 'owner-norr')}"}
    lists = "/applications/v1/applications?limit=100&organisation="
    many = await _p95_ms(lambda: http.get(lists + _organisation("many"), headers=headers))
    few = await _p95_ms(lambda: http.get(lists + _organisation("few"), headers=headers))
    await _publish(system, http)
    body = json.dumps(_draft())
    now = (_OPEN_DAY + timedelta(minutes=1)).isoformat()
    sent = {**owner, "content-type": "application/json", "sandbox-now": now}
    check = await _p95_ms(lambda: http.post("/applications/v1/applications/checks", content=body, headers=sent))
    page = await _first_byte_p95_ms(http, "/applications/pages/cases", headers)
    letter = await _letter_p95_ms()
    rows = (
        (f"list, 100 of {IN_A_LIST}, {MANY_ANSWERS} answers each", number(many), judged(many, at_most(50, "ms"))),
        (f"the same, {FEW_ANSWERS} answers each", number(few), ""),
        ("check of a complete draft", number(check), judged(check, at_most(30, "ms"))),
        (
            f"first byte of the inbox, {APPLICATIONS_IN_ALL} applications",
            number(page),
            judged(page, at_most(100, "ms")),
        ),
        ("a decision as PDF, its process warm", number(letter), judged(letter, at_most(1_000, "ms"))),
    )
    return Figures(
        title="At the desk: one person, one connection",
        columns=("", "p95 ms", "goal"),
        rows=rows,
        notes=(
            f"{_ASKED} requests each after {_WARM} to warm up. Long ÷ short list: {many / few:.2f}.",
            f"{_LETTERS} letters after a first one, which also starts the process that sets them.",
        ),
    )


async def _publish(system: System, http: httpx2.AsyncClient) -> None:
    headers = {
        "authorization": f"Bearer {await _token(system, http, 'agency-programme')}",
        "content-type": "application/yaml",
        "idempotency-key": "bench-call",
        "sandbox-now": _OPEN_DAY.isoformat(),
    }
    content = (_CALLS / f"{_PILOT}.yaml").read_bytes()
    (await http.post("/applications/v1/calls", content=content, headers=headers)).raise_for_status()


def _draft() -> dict[str, object]:
    """Return a complete form as a client sends it."""
    return {"call": _PILOT, **json.loads(FORM.dump_json(a_form(attachments=())))}


async def _token(system: System, http: httpx2.AsyncClient, client: str) -> str:
    auth = (client, system.clients[client].client_secret)
    answer = await http.post("/sandbox/token", data={"grant_type": "client_credentials"}, auth=auth)
    return str(answer.raise_for_status().json()["access_token"])


async def _p95_ms(ask: Callable[[], Awaitable[httpx2.Response]]) -> float:
    taken = []
    for asked in range(_WARM + _ASKED):
        began_s = perf_counter()
        (await ask()).raise_for_status()
        if asked >= _WARM:
            taken.append((perf_counter() - began_s) * _MS)
    return quantiles(taken, n=20)[-1]


async def _letter_p95_ms() -> float:
    """Set the letter of a grant, with its budget and its terms, again and again."""
    page = letter_page(await a_letter(granted(), "decision"))
    taken = []
    for asked in range(1 + _LETTERS):
        began_s = perf_counter()
        await typeset(page)
        if asked:
            taken.append((perf_counter() - began_s) * _MS)
    return quantiles(taken, n=20)[-1]


async def _first_byte_p95_ms(http: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> float:
    taken = []
    for asked in range(_WARM + _ASKED):
        began_s = perf_counter()
        async with http.stream("GET", path, headers={**headers, "accept": "text/html"}) as answer:
            answer.raise_for_status()
            async for _ in answer.aiter_bytes():
                break
            if asked >= _WARM:
                taken.append((perf_counter() - began_s) * _MS)
    return quantiles(taken, n=20)[-1]
