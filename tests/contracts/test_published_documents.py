"""The documents that integrators read are those that the code generates: drift fails."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deploy.contracts import documents
from shared.contracts.catalogue import FACT_OF_TYPE, UnknownVersionError, fact_of
from shared.contracts.event import Event

SAMPLES = Path(__file__).parent / "samples"
AS_PUBLISHED = Path(__file__).parent / "samples.sha256"
"""What each sample was when it was added, as `sha256sum` writes it: a new sample is a new line, and no line changes."""


@pytest.mark.parametrize(("place", "text"), [pytest.param(*document, id=document[0].name) for document in documents()])
def test_a_generated_document_in_the_repository_is_up_to_date(place: Path, text: str) -> None:
    assert place.read_text() == text, f"{place.name} has drifted: run `make contracts` and review the difference"


@pytest.mark.parametrize("ce_type", sorted(FACT_OF_TYPE))
def test_every_fact_has_a_sample_that_is_still_understood(ce_type: str) -> None:
    samples = sorted(SAMPLES.glob(f"{ce_type}*.json"))
    assert samples, f"add tests/contracts/samples/{ce_type}.json: once added, a sample is never edited"
    for sample in samples:
        fact = FACT_OF_TYPE[ce_type].model_validate_json(sample.read_text())
        said = json.loads(fact.model_dump_json())
        assert _is_said(json.loads(sample.read_text()), said), f"{sample.name} lost something when read"


def test_no_sample_was_edited_after_it_was_added() -> None:
    lines = [line.split() for line in AS_PUBLISHED.read_text().splitlines()]
    published = {name: digest for digest, name in lines}
    found = {sample.name: sha256(sample.read_bytes()).hexdigest() for sample in SAMPLES.glob("*.json")}
    assert found.keys() - published.keys() == set(), "add a line for each to samples.sha256"
    edited = {name for name, digest in published.items() if found.get(name) != digest}
    assert not edited, "facts that say this are stored for ever: add another sample instead of editing one"


def _is_said(sample: Any, said: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether all of `sample` is in `said`; parts of a fact grow as the fact does, by fields with a default."""
    if isinstance(sample, dict):
        return all(name in said and _is_said(value, said[name]) for name, value in sample.items())
    if isinstance(sample, list):
        return len(sample) == len(said) and all(map(_is_said, sample, said))
    return bool(sample == said)


def test_a_fact_with_a_field_added_later_is_still_understood() -> None:
    for ce_type, fact in FACT_OF_TYPE.items():
        sample = json.loads((SAMPLES / f"{ce_type}.json").read_text())
        assert isinstance(fact.model_validate_json(json.dumps(sample | {"added_later": 1})), Event)


def test_an_unknown_name_is_none_and_an_unknown_version_is_an_error() -> None:
    assert fact_of("se.lotsen.moon-landed.v1") is None
    with pytest.raises(UnknownVersionError):
        fact_of("se.lotsen.funding-granted.v2")


def test_no_two_facts_share_a_type() -> None:
    assert len(FACT_OF_TYPE) == len({fact.__name__ for fact in FACT_OF_TYPE.values()})
