"""Whose data a query may see: one organisation's own, or (the agency's roles only) everybody's."""

from dataclasses import dataclass

from shared.kernel.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class TenantScope:
    """The reach of a query. `organisation` None means every one; `shared.auth` gives that to the agency only."""

    organisation: OrganisationId | None

    def allows(self, organisation: str) -> bool:
        """Tell whether what belongs to `organisation` may be seen."""
        return self.organisation is None or self.organisation == organisation

    def filter(self) -> dict[str, str]:
        """Return the condition that a query on documents with an `organisation` field must contain."""
        return {} if self.organisation is None else {"organisation": self.organisation}
