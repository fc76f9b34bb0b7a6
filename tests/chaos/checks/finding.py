"""What a check finds: its own name, and what is wrong where."""

from collections.abc import Sequence
from typing import Final, NamedTuple

_SHOWN_MAX: Final = 12


class Finding(NamedTuple):
    """One broken promise. `check` names the check that found it."""

    check: str
    detail: str


class PromiseBrokenError(AssertionError):
    """The evidence contradicts a promise; `findings` are all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        shown = "\n".join(f"  {found.check}: {found.detail}" for found in self.findings[:_SHOWN_MAX])
        super().__init__(f"{len(self.findings)} findings, by {', '.join(sorted(self.checks))}:\n{shown}")

    @property
    def checks(self) -> frozenset[str]:
        """The names of the checks that found something."""
        return frozenset(found.check for found in self.findings)
