"""A small sound world, made by hand: a journal, two logs, their topics and every read model, for tests to spoil."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from deploy.services import SERVICES
from shared.contracts.applications import (
    ApplicationSubmitted,
    BudgetAmount,
    BudgetReserved,
    CallPublished,
    FundingGranted,
    FundingSource,
)
from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event
from shared.contracts.reporting import CoFundingPaidIn, CostsApproved, PayoutApproved, PayoutLimit, PeriodClaimed
from shared.eventlog.documents import CommitDocument, document_id, published_events
from shared.kernel.ids import ApplicationId, CallId, OrganisationId, PaymentRequestId
from shared.messaging import encode, partition_of
from tests.chaos.evidence import Evidence, OnTopic, ReadModel
from tests.chaos.journal import Told, told
from tests.chaos.recomputing import heads_of_log, recomputed
from tests.unit.applications.examples import submitted, the_call

NOON = datetime(2023, 3, 10, 11, tzinfo=UTC)
CALL = the_call().id
PROJECT = "0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"
OWNER = "test-science-park"
GRANTED = 80_000_000
APPROVED = 60_000_000
PAID = 30_000_000


@dataclass(frozen=True)
class Asked:
    """A command that was accepted: its key, service, and the facts it recorded by stream."""

    key: str
    service: str
    facts: dict[str, list[Event]]
    record_key: str


def _asked() -> list[Asked]:
    (application, *_) = submitted()
    assert isinstance(application, ApplicationSubmitted)
    application = application.model_copy(update={"application_id": PROJECT, "call": CALL, "organisation": OWNER})
    published = CallPublished(call=CallId(CALL), definition=the_call(), definition_hash="hash")
    reserved = BudgetReserved(call=CallId(CALL), application_id=ApplicationId(PROJECT), amount_ore=GRANTED)
    stream, account = f"application/{PROJECT}", f"account/{PROJECT}"
    return [
        Asked("k-1", "applications", {f"call/{CALL}": [published]}, CALL),
        Asked("k-2", "applications", {stream: [application]}, PROJECT),
        Asked("k-3", "applications", {stream: [_granted(application)], f"call-budget/{CALL}": [reserved]}, PROJECT),
        Asked("k-4", "reporting", {account: [_claimed()]}, PROJECT),
        Asked("k-5", "reporting", {account: [_approved()]}, PROJECT),
        Asked("k-6", "reporting", {account: [_paid_in()]}, PROJECT),
        Asked("k-7", "reporting", {account: [_paid_out()]}, PROJECT),
    ]


def _granted(application: ApplicationSubmitted) -> FundingGranted:
    return FundingGranted(
        application_id=application.application_id,
        call=application.call,
        call_version=1,
        organisation=application.organisation,
        decided_by="decider-1",
        amount_granted_ore=GRANTED,
        support_share_bp=5000,
        partial=False,
        budget=application.budget,
        co_funding_ore=GRANTED,
        staff_training_ore=0,
        starts_on=date(2023, 3, 15),
        ends_on=date(2023, 10, 31),
        legal_basis="2022-1468-17",
        contents="ref",
    )


def _amount(ore: int) -> list[BudgetAmount]:
    return [BudgetAmount(category=BudgetCategory.PERSONNEL, amount_ore=ore)]


def _claimed() -> PeriodClaimed:
    return PeriodClaimed(
        project=ApplicationId(PROJECT),
        payment_request_id=PaymentRequestId("request-1"),
        period_from=date(2023, 3, 15),
        period_to=date(2023, 6, 30),
        final=False,
        claimed=_amount(APPROVED),
    )


def _approved() -> CostsApproved:
    return CostsApproved(
        project=ApplicationId(PROJECT),
        payment_request_id=PaymentRequestId("request-1"),
        verified_by="controller-1",
        approved=_amount(APPROVED),
    )


def _paid_in() -> CoFundingPaidIn:
    return CoFundingPaidIn(
        project=ApplicationId(PROJECT),
        organisation=OrganisationId(OWNER),
        source=FundingSource.EXTERNAL_PRIVATE,
        amount_ore=PAID,
        paid_on=date(2023, 5, 2),
        contents="ref",
    )


def _paid_out() -> PayoutApproved:
    return PayoutApproved(
        project=ApplicationId(PROJECT),
        payment_request_id=PaymentRequestId("request-1"),
        payment_number=1,
        approved_by="payer-1",
        costs_approved_ore=APPROVED,
        co_funding_ore=PAID,
        amount_ore=PAID,
        limited_by=PayoutLimit.CO_FUNDING,
    )


def a_log(asked: Sequence[Asked], service: str) -> list[CommitDocument]:
    """Return the commits that the accepted commands left in one service."""
    commits: list[CommitDocument] = []
    versions: dict[str, int] = {}
    for command in (one for one in asked if one.service == service):
        parts = [_commit(command, stream, events, versions) for stream, events in command.facts.items()]
        parts[0]["idempotency"] = command.key
        if len(parts) > 1:
            parts[0]["also"] = [{"stream": p["stream"], "last": p["last"], "key": p["key"]} for p in parts[1:]]
        commits += parts
    return commits


def _commit(command: Asked, stream: str, events: list[Event], versions: dict[str, int]) -> CommitDocument:
    first = versions.get(stream, 0) + 1
    versions[stream] = first + len(events) - 1
    return {
        "_id": document_id(stream, first),
        "commit_id": f"commit-{command.key}-{stream.partition('/')[0]}",
        "stream": stream,
        "key": stream.partition("/")[2],
        "first": first,
        "last": versions[stream],
        "events": [{"type": event.ce_type(), "data": event.model_dump_json()} for event in events],
        "actor": "somebody",
        "tenant": OWNER,
        "client": "owner",
        "request_hash": "hash",
        "at": NOON,
    }


def a_topic(log: Sequence[CommitDocument], service: str) -> list[OnTopic]:
    """Return the records of a topic onto which a log was published once, in order."""
    return [
        OnTopic(
            partition_of(event.key),
            offset,
            event.key.encode(),
            dict(encode(event, f"/lotsen/{service}".encode())),
            event.data,
        )
        for offset, event in enumerate(event for commit in log for event in published_events(commit))
    ]


def a_journal(asked: Sequence[Asked], logs: dict[str, list[CommitDocument]]) -> Told:
    """Return the journal of clients that were all answered at once."""
    lines: list[dict[str, Any]] = []
    for command in asked:
        commit = next(found for found in logs[command.service] if found.get("idempotency") == command.key)
        lines += [sending(command.key, command.service), accepted(command.key, commit)]
    return told(lines)


def sending(key: str, service: str = "applications", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the line of an intention."""
    line = {"kind": "sending", "key": key, "service": service, "client": "owner", "tenant": OWNER, "attempt": 1}
    line |= {"operation": "something", "method": "POST", "path": "/somewhere", "body_hash": "hash", "at_s": 1.0}
    return line | changes


def accepted(key: str, commit: CommitDocument, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the line of an answer that names `commit`."""
    line = {"kind": "answered", "key": key, "status": 201, "code": "", "stream": commit["stream"], "at_s": 2.0}
    line |= {"version": commit["last"], "recorded_at": commit["at"].isoformat().replace("+00:00", "Z")}
    return {**line, "found_before": None, **changes}


def refused(key: str, code: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the line of a refusal."""
    line = {"kind": "answered", "key": key, "status": 409, "code": code, "stream": "", "version": 0}
    return {**line, "recorded_at": "", "at_s": 2.0, "found_before": None, **changes}


def models_of(logs: dict[str, list[CommitDocument]]) -> list[ReadModel]:
    """Return every read model as a projector without fault would have made it."""
    return [
        ReadModel(projection, recomputed(projection, logs), heads_of_log(projection, logs))
        for service in SERVICES.values()
        for projection in service.projections
    ]


def sound() -> Evidence:
    """Return evidence that every check accepts."""
    asked = _asked()
    logs = {service: a_log(asked, service) for service in SERVICES}
    topics = {service: a_topic(log, service) for service, log in logs.items()}
    return Evidence(a_journal(asked, logs), logs, topics, models_of(logs))


def with_log(evidence: Evidence, service: str, log: Sequence[CommitDocument]) -> Evidence:
    """Return the evidence with another log, and everything that follows from a log made anew."""
    logs = {**{name: list(commits) for name, commits in evidence.logs.items()}, service: list(log)}
    topics = {name: a_topic(commits, name) for name, commits in logs.items()}
    return replace(evidence, logs=logs, topics=topics, models=models_of(logs))


def with_model(evidence: Evidence, name: str, **changes: Any) -> Evidence:  # noqa: ANN401 - any field
    """Return the evidence with another read model of that projection."""
    models = [replace(model, **changes) if model.projection.name == name else model for model in evidence.models]
    return replace(evidence, models=models)


def model(evidence: Evidence, name: str) -> ReadModel:
    """Return a copy of a read model."""
    return deepcopy(next(model for model in evidence.models if model.projection.name == name))
