"""How `lotsen parked replay --projection` is understood."""

import pytest

from deploy.parked import _is_meant
from shared.projector.replay_requests import ParkedStream


@pytest.mark.parametrize(
    ("wanted", "is_meant"),
    [
        (None, True),
        ("followup", True),
        ("reporting/followup", True),
        ("followup@2", True),
        ("reporting", False),
        ("events/followup", False),
        ("follow", False),
    ],
)
def test_a_read_model_is_named_with_or_without_its_service_and_edition(wanted: str | None, *, is_meant: bool) -> None:
    parked = ParkedStream("followup@2", "application/1", 3)
    assert _is_meant("reporting", parked, wanted) is is_meant
