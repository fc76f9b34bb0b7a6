"""The rules of the form about state aid and what the applicant declares (A23)."""

from collections.abc import Iterator
from datetime import date, datetime

from services.applications.application.domain.findings import blank, error
from services.applications.application.domain.form import DeMinimisAid, Form
from shared.contracts.call import AidBeneficiary, CallDefinition
from shared.kernel.refusals import Problem
from shared.kernel.time import local_date


def other_support_is_stated(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A23: other support sought or granted for the same costs, or the statement that there is none."""
    aid = form.aid
    yield from _stated_once(
        "/aid/other_support",
        "/aid/no_other_support",
        listed=bool(aid.other_support),
        none=aid.no_other_support,
        sv="annat stöd för samma kostnader",
        en="other support for the same costs",
    )
    for position, support in enumerate(aid.other_support):
        pointer = f"/aid/other_support/{position}"
        if blank(support.source):
            yield error("A23", f"{pointer}/source", "Ange vem som ger stödet.", "State who gives the support.")
        if support.amount_ore < 1:
            yield error("A23", f"{pointer}/amount_ore", "Ange stödets belopp.", "State the amount of the support.")


def de_minimis_aid_is_stated(form: Form, call: CallDefinition, now: datetime) -> Iterator[Problem]:
    """A23: all de minimis aid to the applicant's single undertaking, or the statement that there is none.

    Where the companies are the aid's beneficiaries, the applicant is one only of training of its own staff: then it is
    left out unless such training is applied for. What is stated all the same is judged as ever.
    """
    aid = form.aid
    if _is_beneficiary(form, call) or (aid.de_minimis and aid.no_de_minimis):
        yield from _stated_once(
            "/aid/de_minimis",
            "/aid/no_de_minimis",
            listed=bool(aid.de_minimis),
            none=aid.no_de_minimis,
            sv="stöd av mindre betydelse",
            en="de minimis aid",
        )
    today = local_date(now)
    for position, part in enumerate(aid.de_minimis):
        yield from _de_minimis_problems(part, f"/aid/de_minimis/{position}", today)


def call_is_declared(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A23: everything that the call asks to be declared is, and nothing else; each by the rule that asks for it."""
    for declaration in call.declarations:
        if declaration.code not in form.declarations:
            yield error(
                declaration.rule,
                "/declarations",
                f"Försäkran saknas: {declaration.text.sv}",
                f"A declaration is missing: {declaration.text.en}",
            )
    known = {declaration.code for declaration in call.declarations}
    for position, code in enumerate(form.declarations):
        if code not in known:
            yield error(
                "A23",
                f"/declarations/{position}",
                f"Utlysningen har ingen försäkran ”{code}”.",
                f"The call has no declaration “{code}”.",
            )


def _is_beneficiary(form: Form, call: CallDefinition) -> bool:
    return call.aid_beneficiary is not AidBeneficiary.COMPANIES or form.staff_training_ore > 0


def _stated_once(list_: str, tick: str, *, listed: bool, none: bool, sv: str, en: str) -> Iterator[Problem]:
    if not listed and not none:
        yield error("A23", list_, f"Ange {sv}, eller att det inte finns något.", f"State {en}, or that there is none.")
    if listed and none:
        yield error(
            "A23",
            tick,
            f"Ansökan anger {sv} och samtidigt att det inte finns något.",
            f"The application states {en} and at the same time that there is none.",
        )


def _de_minimis_problems(part: DeMinimisAid, pointer: str, today: date) -> Iterator[Problem]:
    for field, missing, sv, en in (
        ("source", blank(part.source), "Ange vem som gav stödet.", "State who gave the aid."),
        ("regulation", blank(part.regulation), "Ange förordningen om stödet.", "State the aid's regulation."),
        ("granted_on", part.granted_on is None, "Ange när stödet gavs.", "State when the aid was granted."),
        ("amount_ore", part.amount_ore < 1, "Ange stödets belopp.", "State the amount of the aid."),
    ):
        if missing:
            yield error("A23", f"{pointer}/{field}", sv, en)
    if part.granted_on is not None and part.granted_on > today:
        yield error("A23", f"{pointer}/granted_on", "Dagen har inte varit än.", "The day has not been yet.")
