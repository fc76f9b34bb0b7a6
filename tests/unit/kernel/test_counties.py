"""Which county codes there are."""

from shared.kernel.counties import COUNTIES


def test_there_are_21_counties() -> None:
    assert len(COUNTIES) == 21
    assert "12" in COUNTIES
    assert "11" not in COUNTIES
