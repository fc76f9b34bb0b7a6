"""The rules of the form about who applies: names, organisation numbers, a region and its promoters (A2, A3)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.applications.application.domain.findings import blank, error, legal_person_problem, note
from services.applications.application.domain.form import Form, RepresentedPromoter
from shared.contracts.call import CallDefinition
from shared.kernel.organisation_numbers import organisation_number
from shared.kernel.refusals import Problem

_PUBLIC_BODY: Final = "2"
"""First digit of the numbers of the state, regions, municipalities and parishes."""


def is_no_sole_trader(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A2: a sole trader's number is a personnummer; unusual legal forms are looked at by a person."""
    pointer = "/applicant/organisation_number"
    number = organisation_number(form.applicant.organisation_number)
    if number is None:
        yield error("A2", pointer, "Organisationsnumret är inte giltigt.", "The organisation number is not valid.")
    elif number.is_a_persons:
        if not call.sole_traders_may_apply:
            yield error(
                "A2",
                pointer,
                "Enskilda näringsidkare kan inte söka stödet.",
                "Sole traders cannot apply for the support.",
            )
    elif number.is_of_an_unusual_form:
        yield note(
            "A2",
            pointer,
            "En handläggare granskar om sökanden får söka: numret hör till en ovanlig juridisk form.",
            "A case officer reviews whether the applicant may apply: the number belongs to an unusual legal form.",
        )


def applicant_is_named(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A3: an applicant and a project have names."""
    if blank(form.applicant.name):
        yield error("A3", "/applicant/name", "Sökandens namn saknas.", "The applicant's name is missing.")
    if blank(form.title):
        yield error("A3", "/title", "Projektets namn saknas.", "The project's name is missing.")


def a_region_lists_its_promoters(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A3: a region applies for a group and lists it; nobody else applies for others."""
    applicant, pointer = form.applicant, "/applicant/represents"
    if applicant.represents and not applicant.is_region:
        yield error(
            "A3",
            pointer,
            "Bara en region kan söka för en grupp av främjare.",
            "Only a region can apply for a group of promoters.",
        )
    if not applicant.is_region:
        return
    if not applicant.represents:
        yield error(
            "A3",
            pointer,
            "Ange vilka företags- och innovationsfrämjare som regionen företräder.",
            "List the promoters of companies and innovation that the region represents.",
        )
    number = organisation_number(applicant.organisation_number)
    if number is not None and not number.digits.startswith(_PUBLIC_BODY):
        yield note(
            "A3",
            "/applicant/is_region",
            "En handläggare granskar uppgiften: organisationsnumret är inte en regions.",
            "A case officer reviews this: the organisation number is not a region's.",
        )


def each_promoter_qualifies(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A3: each promoter that a region represents is a named legal person, listed once, and shows how it qualifies."""
    seen = {_digits(form.applicant.organisation_number)}
    for position, promoter in enumerate(form.applicant.represents):
        pointer = f"/applicant/represents/{position}"
        yield from _promoter_problems(promoter, pointer)
        digits = _digits(promoter.organisation_number)
        if digits is not None and digits in seen:
            yield error(
                "A3",
                f"{pointer}/organisation_number",
                "Organisationen står redan i ansökan.",
                "The organisation is in the application already.",
            )
        seen.add(digits)


def _promoter_problems(promoter: RepresentedPromoter, pointer: str) -> Iterator[Problem]:
    if blank(promoter.name):
        yield error("A3", f"{pointer}/name", "Främjarens namn saknas.", "The promoter's name is missing.")
    yield from legal_person_problem("A3", f"{pointer}/organisation_number", promoter.organisation_number)
    if blank(promoter.qualifies):
        yield error(
            "A3",
            f"{pointer}/qualifies",
            "Beskriv hur främjaren uppfyller kraven på sökande.",
            "Describe how the promoter meets what is asked of applicants.",
        )


def _digits(written: str) -> str | None:
    number = organisation_number(written)
    return number.digits if number is not None else None
