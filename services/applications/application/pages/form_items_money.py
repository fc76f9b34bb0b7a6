"""The fields of the form about money: budget, financing, state aid and declarations."""

from collections.abc import Sequence
from typing import Final

from services.applications.application.domain import Form
from services.applications.application.pages import choices as words
from services.applications.application.pages.filling import Field, Item, Kind, Rows
from shared.contracts.call import BudgetCategory, CallDefinition

_NUMBER: Final = "Organisationsnummer"
_AMOUNT: Final = Field("amount_ore", "Belopp i kronor", Kind.KRONOR, required=True)


def budget(call: CallDefinition, _form: Form) -> list[Item]:
    """Return the fields of the budget; the flat rate is worked out, and not among them (A11)."""
    lines = tuple(
        (line.category.value, line.name.sv)
        for line in call.budget_lines
        if line.category is not BudgetCategory.FLAT_RATE
    )
    return [
        Rows(
            "budget",
            "Budgetrader",
            "Budgetrad",
            (
                Field("category", "Kostnadsslag", Kind.SELECT, options=lines, required=True),
                Field("text", "Vad kostnaden är", required=True),
                _AMOUNT,
                *_training_mark(call),
            ),
            help="Schablonen räknas fram när du sparar och ska inte skrivas här.",
            quotation=call.quotations.get("A11", ""),
        )
    ]


def _training_mark(call: CallDefinition) -> Sequence[Field]:
    return () if call.staff_training is None else (Field("staff_training", "Hör till personalutbildningen", Kind.TICK),)


def financing(call: CallDefinition, _form: Form) -> list[Item]:
    """Return the fields of the support and of who else pays (A4, A5)."""
    return [
        Field(
            "amount_applied_ore",
            "Stöd som söks, i kronor",
            Kind.KRONOR,
            quotation=call.quotations.get("A4", ""),
            required=True,
        ),
        Rows(
            "co_funding",
            "Medfinansiärer",
            "Medfinansiär",
            (
                Field("financier", "Finansiär", required=True),
                Field("source", "Källa", Kind.SELECT, options=words.SOURCES, required=True),
                Field("kind", "Slag", Kind.SELECT, options=words.FUNDING_KINDS, required=True),
                _AMOUNT,
                Field("appropriation", "Anslag, om finansiären är offentlig", out=True),
                Field("organisation_number", _NUMBER, characters_max=20, out=True),
            ),
            quotation=call.quotations.get("A5", ""),
        ),
    ]


def aid(call: CallDefinition, _form: Form) -> list[Item]:
    """Return the fields of state aid and what is declared (A23)."""
    declared = tuple((each.code, each.text.sv) for each in call.declarations)
    declarations = [Field("declarations", "Försäkringar", Kind.CHECKS, options=declared, required=True)]
    return [
        Rows(
            "aid-other_support",
            "Annat stöd för samma kostnader",
            "Annat stöd",
            (
                Field("source", "Från vem", required=True),
                _AMOUNT,
                Field("status", "Läge", Kind.SELECT, options=words.SUPPORT, required=True),
            ),
            quotation=call.quotations.get("A23", ""),
        ),
        Field("aid-no_other_support", "Vi har varken sökt eller fått annat stöd för samma kostnader", Kind.TICK),
        Rows(
            "aid-de_minimis",
            "Stöd av mindre betydelse",
            "Stöd",
            (
                Field("source", "Från vem", required=True),
                _AMOUNT,
                Field("regulation", "Enligt vilken förordning", required=True),
                Field("granted_on", "Beviljat", Kind.DAY, required=True),
            ),
        ),
        Field("aid-no_de_minimis", "Vi har inte fått något stöd av mindre betydelse", Kind.TICK),
        *(declarations if declared else []),
    ]
