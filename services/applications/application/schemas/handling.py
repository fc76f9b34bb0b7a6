"""What those who handle a case send."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from services.applications.application.schemas.bodies import Day
from shared.contracts.applications import ContactChannel
from shared.web.schemas import Body

Person = Annotated[str, Field(min_length=1, max_length=200, description="Personens id ur token / subject of the token")]
Reason = Annotated[str, Field(max_length=20_000)]
Said = Annotated[str, Field(min_length=1, max_length=20_000)]


class AssignmentBody(Body):
    """Handläggare, och ersättare till och med en dag / an officer, and a substitute until a day."""

    officer: Person
    substitute: Person | None = None
    substitute_until: Day | None = None


class ConflictBody(Body):
    """Jäv / a conflict of interest: with its reason when there is one."""

    has_conflict: bool
    reason: Reason = ""


class SettlementBody(Body):
    """Avgörande av en jävsfråga / how a question of conflict is settled."""

    person: Person
    has_conflict: bool
    reason: Said


class ContactBody(Body):
    """Kontakt med sökanden / a contact with the applicant."""

    contacted_at: AwareDatetime
    channel: ContactChannel
    words: Said
