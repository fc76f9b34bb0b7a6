"""The rules of the form about the add-on: training of own staff and of other public promoters (A10)."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Final

from services.applications.application.domain.findings import blank, error, legal_person_problem, warning
from services.applications.application.domain.form import Form, TrainedPromoter
from shared.contracts.call import CallDefinition, CapRule, StaffTraining, TrainingBase
from shared.kernel.money import kronor_text
from shared.kernel.refusals import Problem

_MEASURED: Final = {
    TrainingBase.COST: ("Personalutbildningen kostar", "The staff training costs"),
    TrainingBase.SUPPORT: ("Stödet till personalutbildningen är", "The support for staff training is"),
}


def staff_training_is_within_its_caps(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A10: the add-on, when the call has one, within the caps on the whole and per person."""
    if not form.staff_training_ore:
        return
    if call.staff_training is None:
        yield error(
            "A10",
            "/budget",
            "Utlysningen ger inget stöd till personalutbildning.",
            "The call supports no staff training.",
        )
        return
    if form.persons_trained < 1:
        yield error(
            "A10", "/staff_training_persons", "Ange hur många som ska utbildas.", "State how many will be trained."
        )
    measured_ore, cap_ore = measured(form, call.staff_training)
    if measured_ore > cap_ore:
        sv, en = _MEASURED[call.staff_training.measured_on]
        yield error(
            "A10",
            "/budget",
            f"{sv} {kronor_text(ceil(measured_ore))}; högst {kronor_text(cap_ore)} ryms.",
            f"{en} {kronor_text(ceil(measured_ore))}; at most {kronor_text(cap_ore)} is allowed.",
        )


def measured(form: Form, training: StaffTraining) -> tuple[Fraction, int]:
    """Return what the caps are measured on, exact in öre, and the cap in öre (A10).

    The support for training is its part of all support: its share of the total budget.
    """
    cost, cap_ore = Fraction(form.staff_training_ore), staff_training_cap_ore(training, form.persons_trained)
    if training.measured_on is TrainingBase.COST or not form.budget_total_ore:
        return cost, cap_ore
    return cost * form.amount_applied_ore / form.budget_total_ore, cap_ore


def staff_training_cap_ore(training: StaffTraining, persons: int) -> int:
    """Return the highest amount of training for so many persons (A10): both caps, or the more generous one."""
    caps = (training.cost_ore_max, training.cost_per_person_ore_max * persons)
    return min(caps) if training.caps is CapRule.MIN else max(caps)


def training_is_described(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A10: training that costs something says of which type; persons without a cost are pointed out."""
    if call.staff_training is None:
        return
    if form.staff_training_ore and blank(form.training.type):
        yield error(
            "A10",
            "/training/type",
            "Ange vilken typ av utbildning i digital säkerhet personalen ska få.",
            "State which type of training in digital security the staff will get.",
        )
    if form.persons_trained and not form.staff_training_ore:
        yield warning(
            "A10",
            "/budget",
            "Ingen budgetrad är märkt som personalutbildning.",
            "No line of the budget is marked as staff training.",
        )
    if form.training.persons and form.staff_training_persons not in {0, form.training.persons}:
        yield error(
            "A10",
            "/staff_training_persons",
            f"Antalet stämmer inte med utbildningsplanen, som har {form.training.persons} personer.",
            f"The number differs from the training plan, which has {form.training.persons} persons.",
        )


def trained_promoters_are_public_and_near(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A10: other promoters whose staff is trained are public and in the applicant's region."""
    for position, promoter in enumerate(form.training.promoters):
        yield from _promoter_problems(promoter, form.counties, f"/training/promoters/{position}")


def _promoter_problems(promoter: TrainedPromoter, counties: tuple[str, ...], pointer: str) -> Iterator[Problem]:
    if blank(promoter.name):
        yield error("A10", f"{pointer}/name", "Organisationens namn saknas.", "The organisation's name is missing.")
    yield from legal_person_problem("A10", f"{pointer}/organisation_number", promoter.organisation_number)
    if not promoter.is_public:
        yield error(
            "A10",
            f"{pointer}/is_public",
            "Tillägget gäller bara andra offentliga främjare.",
            "The add-on is for other public promoters only.",
        )
    if promoter.county not in counties:
        yield error(
            "A10",
            f"{pointer}/county",
            "Organisationen ska finnas i ett av ansökans län.",
            "The organisation must be in one of the application's counties.",
        )
    if promoter.persons < 1:
        yield error("A10", f"{pointer}/persons", "Ange hur många som ska utbildas.", "State how many will be trained.")
