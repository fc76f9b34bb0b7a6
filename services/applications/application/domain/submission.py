"""Arrival: an application is submitted and signed (A1, A14, A15)."""

from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain.check import check
from services.applications.application.domain.form import Form
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    AlreadySigned,
    ApplicationNotComplete,
    OnlyEditorSubmits,
    OnlySignatorySigns,
)
from services.applications.application.domain.refusals.replacing import AlreadySubmitted
from services.applications.application.domain.state import Application, Status
from services.applications.call.domain import closes_at
from shared.contracts.applications import ApplicationSigned, ApplicationSubmitted, SigningMethod
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class SubmitApplication:
    """Lämna in en ansökan, signed at once when `signed_with_e_id`. `by_editor`, `by_signatory`: what the sender may."""

    application: ApplicationId
    organisation: OrganisationId
    submitted_by: str
    form: Form
    by_editor: bool
    signed_with_e_id: bool = False
    by_signatory: bool = False


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where a form was kept: the whole of it, its heading, and the tokens of the heading's words."""

    contents: str
    heading: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignApplication:
    """Skriv under ansökan. `reference` names the signature or the signed document."""

    application: ApplicationId
    scope: TenantScope
    signed_by: str
    method: SigningMethod
    reference: str


def submit(
    application: Application, command: SubmitApplication, call: CallDefinition, *, kept: KeptForm, now: datetime
) -> list[ApplicationSubmitted | ApplicationSigned]:
    """Receive an application that the rules allow, late or not; it is pinned to the call's version (A1, A15).

    `kept` refers to the form in the content store.

    Raises AlreadySubmitted, OnlyEditorSubmits, OnlySignatorySigns, ApplicationNotComplete with everything that was
    found.
    """
    if application.submission is not None:
        raise AlreadySubmitted
    if not command.by_editor:
        raise OnlyEditorSubmits
    if command.signed_with_e_id and not command.by_signatory:
        raise OnlySignatorySigns
    checked = check(command.form, call, now=now)
    if not checked.submission_allowed:
        raise ApplicationNotComplete(*checked.problems)
    submitted = _submitted(command, call, kept, now)
    if not command.signed_with_e_id:
        return [submitted]
    signed = ApplicationSigned(
        application_id=command.application,
        signed_by=command.submitted_by,
        method=SigningMethod.E_ID,
        contents=kept.contents,
    )
    return [submitted, signed]


def sign(application: Application, command: SignApplication, *, contents: str) -> list[ApplicationSigned]:
    """Sign a submitted application (A14). Raises NotFound, AlreadySigned, AlreadyDecided."""
    application.seen_by(command.scope)
    if application.signed:
        raise AlreadySigned
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    return [
        ApplicationSigned(
            application_id=command.application,
            signed_by=command.signed_by,
            method=command.method,
            contents=contents,
        )
    ]


def _submitted(command: SubmitApplication, call: CallDefinition, kept: KeptForm, now: datetime) -> ApplicationSubmitted:
    """Return the fact: ids, codes, amounts and dates of a checked form, nothing that may have to be erased."""
    form = command.form
    assert form.theme is not None  # A7 refused what has none
    assert form.starts_on is not None  # A6 likewise
    assert form.ends_on is not None
    return ApplicationSubmitted(
        application_id=command.application,
        call=CallId(call.id),
        call_version=call.version,
        organisation=command.organisation,
        contents=kept.contents,
        heading=kept.heading,
        words=list(kept.words),
        theme=form.theme,
        global_goals=sorted(form.global_goals),
        counties=sorted(form.counties),
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        companies_planned=form.companies_planned or 0,
        hours_per_company_planned=form.hours_per_company_planned or 0,
        hours_planned=form.hours_planned or 0,
        women_planned=form.women_planned or 0,
        men_planned=form.men_planned or 0,
        budget=form.budget_by_category,
        budget_total_ore=form.budget_total_ore,
        amount_applied_ore=form.amount_applied_ore,
        co_funding=form.cash,
        staff_training_ore=form.staff_training_ore,
        staff_training_persons=form.persons_trained,
        files=form.files,
        secrets=sorted(set(form.secrets)),
        arrived_at=now,
        late=now >= closes_at(call),
    )
