"""Underskriftsdokument: what an authorised representative signs on paper or in a file, and its data (A14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from services.applications.application.domain.form import Form
from services.applications.application.domain.state import Application
from shared.contracts.applications import ApplicationVersion, BudgetAmount

PLACE_TO_SIGN: Final = "Ort och datum, underskrift av behörig företrädare (firmatecknare), namnförtydligande"


@dataclass(frozen=True, slots=True)
class SigningPaper:
    """The data of a signing document. `sha256` (hexadecimal) identifies exactly the version that is signed."""

    application: str
    case_number: str | None
    call: str
    title: str
    applicant: str
    organisation_number: str
    amount_applied_ore: int
    co_funding_ore: int
    budget_total_ore: int
    budget: Sequence[BudgetAmount]
    starts_on: date
    ends_on: date
    arrived_at: datetime | None
    signed: bool
    sha256: str
    place_to_sign: str = PLACE_TO_SIGN


def signing_paper(application: Application, version: ApplicationVersion, form: Form) -> SigningPaper:
    """Return the data of the document for the newest `version` of an application, whose form is `form`."""
    return SigningPaper(
        application=version.application_id,
        case_number=application.handling.case_number,
        call=version.call,
        title=form.title,
        applicant=form.applicant.name,
        organisation_number=form.applicant.organisation_number,
        amount_applied_ore=version.amount_applied_ore,
        co_funding_ore=sum(part.amount_ore for part in version.co_funding),
        budget_total_ore=version.budget_total_ore,
        budget=tuple(version.budget),
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        arrived_at=application.arrived_at,
        signed=application.signed,
        sha256=fingerprint_of(version.contents),
    )


def fingerprint_of(contents: str) -> str:
    """Return the SHA-256 (hexadecimal) over the reference of a form, itself a keyed hash of the whole form."""
    return sha256(contents.encode()).hexdigest()
