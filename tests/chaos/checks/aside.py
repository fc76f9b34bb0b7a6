"""What was put aside: the poison and what follows it, and nothing else; nothing waits for a fact that never comes."""

from collections.abc import Iterator

from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence, OnTopic, ReadModel


def parked_is_the_poison(evidence: Evidence) -> Iterator[Finding]:
    """Each read model has parked exactly what somebody poisoned its topics with, and its followers."""
    for model in evidence.models:
        expected = {place for service in model.projection.topics for place in _poisoned(model, evidence, service)}
        parked = {aside.place: aside.reason for aside in model.parked}
        for place in sorted(expected - parked.keys()):
            yield Finding("parked-is-the-poison", f"{model.projection.name}: {place} is not parked")
        for place in sorted(parked.keys() - expected):
            yield Finding("parked-is-the-poison", f"{model.projection.name}: {place} is parked ({parked[place]})")


def _poisoned(model: ReadModel, evidence: Evidence, service: str) -> Iterator[str]:
    """Yield where a model has to park what came on one topic: every kind of poison is a fact that it wants, spoiled."""
    wanted = {fact.ce_type().rpartition(".v")[0] for view in model.projection.views for fact in view.facts}
    for record in evidence.poison.get(service, ()):
        place = _said(record)
        if place is None:
            yield f"{service}/{record.partition}/{record.offset}"
        elif record.headers["ce_type"].decode().rpartition(".v")[0] in wanted:
            yield place


def _said(record: OnTopic) -> str | None:
    """Return where a record says that it belongs; None when its headers say nothing."""
    if "ce_id" not in record.headers or record.sequence == 0:
        return None
    return f"{record.stream}@{record.sequence}"


def nothing_is_held(evidence: Evidence) -> Iterator[Finding]:
    """Every hole was filled."""
    for model in evidence.models:
        for aside in model.held:
            yield Finding("nothing-is-held", f"{model.projection.name}: {aside.place}")
