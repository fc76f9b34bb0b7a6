"""The one kind of chart that the pages have: labelled bars, as SVG that a template writes (decision 0009)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.reporting.followup.schemas.tables import csv_text
from shared.web.words import kr

ROW_PX: Final = 46
KINDS: Final = ("frame", "middle", "full")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a row: what it is (`beviljat`), how it is drawn (one of `KINDS`), and its amount in öre."""

    name: str
    kind: str
    amount_ore: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its label, the text at its right end, and bars that lie over each other, the widest reach first."""

    label: str
    value: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title and what it says in a sentence. `rows` share one scale, from nothing to the largest."""

    title: str
    takeaway: str
    rows: Sequence[Row]
    legend: tuple[tuple[str, str], ...] = ()
    scale_ore: int = field(init=False)

    def __post_init__(self) -> None:
        largest = max((bar.amount_ore for row in self.rows for bar in row.bars), default=0)
        object.__setattr__(self, "scale_ore", max(1, largest))

    @property
    def height_px(self) -> int:
        """The height of the drawing."""
        return len(self.rows) * ROW_PX

    def top_px(self, index: int) -> int:
        """Return where row `index` begins."""
        return index * ROW_PX

    def width_percent(self, bar: Bar) -> str:
        """Return how far a bar reaches, in per cent of the width with two decimals; never less than nothing."""
        hundredths = max(0, bar.amount_ore) * 10_000 // self.scale_ore
        return f"{hundredths // 100}.{hundredths % 100:02d}%"

    def as_csv(self) -> str:
        """Return the numbers of the chart."""
        return csv_text(
            ("rad", "mått", "öre", "belopp"),
            ((row.label, bar.name, bar.amount_ore, kr(bar.amount_ore)) for row in self.rows for bar in row.bars),
        )
