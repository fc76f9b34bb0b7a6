"""What is told of the next actions is what happens when they are sent: at every step of any history (A22)."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, get_type_hints

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.applications.application.api import (
    arriving,
    completing,
    deciding,
    delaying,
    desk,
    granted,
    handling,
    preparing,
    replacing,
)
from services.applications.application.api.actions import OFFERS
from services.applications.application.domain.actions import PROBES
from tests.unit.applications.desk import (
    Caller,
    a_body,
    a_consolidation_body,
    a_contact_body,
    a_grant_body,
    an_assessment_body,
    client_with,
)
from tests.unit.applications.examples import KRONA, LEGAL_BASIS

TIMES: Final = (
    "2023-02-20T11:00:00Z",
    "2023-03-10T09:00:00Z",
    "2023-03-24T23:00:00Z",
    "2023-04-01T09:00:00Z",
    "2023-08-21T09:00:00Z",
)
"""Arrival, decision, after a completion's last day, after the last day to accept, after six months."""
WHO: Final = ("editor", "signatory", "registrar", "officer-1", "officer-2", "decider")
TRIED: Final = sorted(OFFERS.keys() - {"request-change", "revoke"})
"""Without a change, which is possible when any kind is, and a revocation, which reads payouts from the database."""
REASONS: Final = {"reasons": "Så här."}
Step = tuple[str, str, str]


def body_of(action: str, who: str, number: int) -> object:
    """Return a complete and sound body, another each time where the same would be refused as such."""
    form = {name: value for name, value in a_body().items() if name != "call"}
    subjects = {"decider": "decider-1", "registrar": "registrar-1"}
    bodies: dict[str, object] = {
        "sign": {"method": "document", "reference": "Undertecknad PDF"},
        "answer-completion": {**form, "answers": {**form["answers"], "offer_today": f"Svar {number}"}},
        "request-decision": {"text": "Avgör nu."},
        "send-message": {"text": "Hej!"},
        "assign": {"officer": subjects.get(who, who)},
        "declare-conflict": {"has_conflict": True, "reason": "Nära vän."},
        "rule-out-conflict": {"has_conflict": False},
        "record-contact": a_contact_body(),
        "file-note": {"kind": "note", "text": "Så här."},
        "set-reminder": {"due_on": "2023-12-01", "text": "Ring."},
        "ask-completion": {"kind": "question", "fields": ["/answers/offer_today"], "text": "Beskriv."},
        "notify-delay": REASONS,
        "assess": an_assessment_body(),
        "grant": a_grant_body(),
        "reject": {**REASONS, "legal_basis": LEGAL_BASIS},
        "dismiss": {**REASONS, "reason": "not-entitled"},
        "write-off": REASONS,
        "refuse-decision-request": REASONS,
        "replace": {**a_body(), "answers": {**form["answers"], "offer_today": f"Ersatt {number}"}},
        "withdraw": {},
        "consolidate": a_consolidation_body(),
        "propose-partial-grant": {"amount_ore": 700_000 * KRONA, "reasons": "Så här."},
        "confirm-revised-budget": {
            "budget": [{"category": "external-services", "amount_ore": 1_500_000 * KRONA}],
            "co_funding_ore": 800_000 * KRONA,
        },
    }
    return bodies.get(action)


async def played(arrives_at: str, steps: Sequence[Step]) -> list[tuple[str, str | None]]:
    """Play a history, comparing at each step what was told with what happened; return what happened."""
    happened = []
    async with client_with() as client:
        caller = Caller(client)
        assert (await caller.publish()).status_code == 201
        submitted = await caller.post("system", "/applications", a_body(), sandbox_now=arrives_at)
        application = submitted.json()["id"]
        for number, (who, action, at) in enumerate(steps):
            told = await told_to(caller, who, application, at)
            if action not in told:
                continue
            if "{" in told[action]["path"]:  # no completion waits, so that there is no address to send it to
                assert not told[action]["allowed"]
                continue
            sent = await caller.post(who, told[action]["path"], body_of(action, who, number), sandbox_now=at)
            code = None if sent.is_success else sent.json()["code"]
            why_not = told[action]["why_not"]
            assert (code, told[action]["allowed"]) == (why_not and why_not["code"], code is None), (
                who,
                action,
                sent.text,
            )
            happened.append((action, code))
    return happened


async def told_to(caller: Caller, who: str, application: str, at: str) -> dict[str, Any]:
    """Return the actions of somebody at a time; none when a conflict of interest hides the case."""
    headers = {"authorization": f"Bearer {who}", "sandbox-now": at}
    answer = await caller.client.get(f"/applications/v1/applications/{application}/actions", headers=headers)
    if answer.status_code == 404:
        return {}
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["actions"]}


HANDLED: Final[tuple[Step, ...]] = (
    ("signatory", "sign", TIMES[0]),
    ("registrar", "register", TIMES[0]),
    *((who, "rule-out-conflict", TIMES[0]) for who in ("officer-1", "officer-2", "decider")),
    ("officer-1", "record-contact", TIMES[0]),
)
ASSESSED: Final[tuple[Step, ...]] = (
    *HANDLED,
    ("officer-1", "assess", TIMES[1]),
    ("officer-2", "assess", TIMES[1]),
    ("officer-1", "consolidate", TIMES[1]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    arrives_at=st.sampled_from((TIMES[0], TIMES[1])),
    begun=st.sampled_from(((), HANDLED, ASSESSED)),
    steps=st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from(TRIED), st.sampled_from(TIMES)), max_size=12),
)
def test_in_any_history_what_is_told_is_what_happens(
    arrives_at: str, begun: tuple[Step, ...], steps: list[Step]
) -> None:
    asyncio.run(played(arrives_at, [*begun, *steps]))


def test_an_ordinary_case_goes_from_arrival_to_an_accepted_grant_by_what_is_told() -> None:
    steps = [
        *HANDLED,
        ("officer-1", "ask-completion", TIMES[0]),
        ("editor", "answer-completion", TIMES[0]),
        *ASSESSED[len(HANDLED) :],
        ("officer-1", "grant", TIMES[1]),
        ("decider", "grant", TIMES[1]),
        ("signatory", "accept-grant", TIMES[3]),
        ("signatory", "accept-grant", TIMES[1]),
        ("signatory", "accept-grant", TIMES[1]),
        ("decider", "write-off", TIMES[1]),
    ]
    codes = dict.fromkeys(range(len(steps)))
    codes |= {11: "SameAssessorAndDecider", 13: "AcceptedTooLate", 15: "AlreadyAccepted", 16: "AlreadyDecided"}
    assert [code for _, code in asyncio.run(played(TIMES[0], steps))] == list(codes.values())


@pytest.mark.parametrize("who", ["editor", "registrar", "officer-2"])
def test_only_what_a_role_may_send_is_told(who: str) -> None:
    async def names() -> set[str]:
        async with client_with() as client:
            caller = Caller(client)
            await caller.publish()
            return set(await told_to(caller, who, await caller.submitted(), TIMES[0]))

    expected = {
        "editor": {"answer-completion", "request-decision", "send-message", "replace", "withdraw", "request-change"},
        "registrar": {"register", "assign", "declare-conflict", "rule-out-conflict", "record-contact"}
        | {"file-note", "set-reminder", "send-message"},
        "officer-2": {"register", "assign", "declare-conflict", "rule-out-conflict", "record-contact", "file-note"}
        | {"set-reminder", "send-message", "ask-completion", "notify-delay", "assess", "consolidate"}
        | {"propose-partial-grant", "decide-change"},
    }
    assert asyncio.run(names()) == expected[who]


def test_the_actions_of_a_case_that_is_somebody_elses_are_not_told() -> None:
    async def told() -> dict[str, Any]:
        async with client_with() as client:
            caller = Caller(client)
            await caller.publish()
            return await told_to(caller, "foreign", await caller.submitted(), TIMES[0])

    assert asyncio.run(told()) == {}


def test_every_command_that_is_tried_is_offered_where_its_endpoint_is_to_whom_that_lets_in() -> None:
    assert set(OFFERS) == set(PROBES)
    asked = {
        route.path.removeprefix("/applications/{application_id}/"): get_type_hints(route.endpoint, include_extras=True)
        for part in (arriving, completing, deciding, delaying, desk, granted, handling, preparing, replacing)
        for route in part.router.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    }
    for offer in OFFERS.values():
        assert asked[offer.address]["actor"] == offer.permission, offer.address
