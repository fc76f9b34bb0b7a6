"""The rules of the form about when, where and for what somebody applies, and the call's questions (A1, A6–A9)."""

from collections.abc import Iterator
from datetime import datetime

from services.applications.application.domain.findings import blank, error, note, warning
from services.applications.application.domain.form import Form
from services.applications.call.domain import closes_at, opens_at
from shared.contracts.call import CallDefinition, Question
from shared.kernel.refusals import Problem
from shared.kernel.time import local_date


def arrives_in_time(_form: Form, call: CallDefinition, now: datetime) -> Iterator[Problem]:
    """A1: what arrives late is received all the same, so that being late only warns; being early refuses."""
    if now < opens_at(call):
        yield error(
            "A1",
            "",
            f"Utlysningen öppnar {call.opens_on}.",
            f"The call opens on {call.opens_on}.",
        )
    if now >= closes_at(call):
        yield warning(
            "A1",
            "",
            f"Utlysningen stängde {call.closes_on}. Ansökan tas emot men kommer att avvisas.",
            f"The call closed on {call.closes_on}. The application is received but will be dismissed.",
        )


def period_fits(form: Form, call: CallDefinition, now: datetime) -> Iterator[Problem]:
    """A6: from the day of arrival at the earliest, to the call's last day at the latest."""
    arrives_on, last = local_date(now), call.period.ends_on_latest
    if form.starts_on is None:
        yield error("A6", "/starts_on", "Projektets startdatum saknas.", "The project's first day is missing.")
    elif form.starts_on < arrives_on:
        yield error(
            "A6",
            "/starts_on",
            f"Projektet kan tidigast starta den dag ansökan kommer in, {arrives_on}.",
            f"The project can start on the day the application arrives, {arrives_on}, at the earliest.",
        )
    if form.ends_on is None:
        yield error("A6", "/ends_on", "Projektets slutdatum saknas.", "The project's last day is missing.")
    elif form.ends_on > last:
        yield error(
            "A6", "/ends_on", f"Projektet får som längst drivas till {last}.", f"The project must end by {last}."
        )
    if form.starts_on is not None and form.ends_on is not None and form.ends_on < form.starts_on:
        yield error("A6", "/ends_on", "Projektet slutar innan det börjar.", "The project ends before it starts.")


def one_theme(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A7: exactly one of the call's themes; a theme of one's own is named in own words."""
    chosen = next((theme for theme in call.themes if theme.code == form.theme), None)
    if chosen is None:
        codes = ", ".join(theme.code for theme in call.themes)
        yield error("A7", "/theme", f"Välj ett tema: {codes}.", f"Choose one theme: {codes}.")
    elif chosen.needs_own_words and blank(form.theme_own_words):
        yield error("A7", "/theme_own_words", "Beskriv temat med egna ord.", "Describe the theme in your own words.")
    if chosen is not None and chosen.note is not None:
        yield note("A7", "/theme", chosen.note.sv, chosen.note.en)


def a_global_goal(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A8: at least one Agenda 2030 goal, each of them known and named once."""
    if not form.global_goals:
        yield error(
            "A8", "/global_goals", "Välj minst ett globalt mål i Agenda 2030.", "Choose at least one Agenda 2030 goal."
        )
    for position, goal in enumerate(form.global_goals):
        if goal not in call.global_goals:
            yield error("A8", f"/global_goals/{position}", f"Mål {goal} är okänt.", f"Goal {goal} is unknown.")
        elif goal in form.global_goals[:position]:
            yield error(
                "A8", f"/global_goals/{position}", f"Mål {goal} är valt två gånger.", f"Goal {goal} is there twice."
            )


def counties_are_stated(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: where the project runs, among the counties of the call."""
    if not form.counties:
        yield error("A9", "/counties", "Ange minst ett län.", "State at least one county.")
    for position, county in enumerate(form.counties):
        if county not in call.counties:
            yield error(
                "A9",
                f"/counties/{position}",
                f"Län {county} ingår inte i utlysningen.",
                f"County {county} is not part of the call.",
            )


def participation_is_estimated(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: companies, their hours, and women and men among their representatives; a large group is a warning."""
    needed = (
        (
            "companies_planned",
            form.companies_planned,
            "antalet deltagande företag",
            "number of participating companies",
        ),
        ("hours_per_company_planned", form.hours_per_company_planned, "timmar per företag", "hours per company"),
        ("hours_planned", form.hours_planned, "företagens timmar sammanlagt", "total hours of the companies"),
    )
    for field, value, sv, en in needed:
        if not value:
            yield error("A9", f"/{field}", f"Uppskatta {sv}.", f"Estimate the {en}.")
    for field, persons, sv, en in (
        ("women_planned", form.women_planned, "kvinnor", "women"),
        ("men_planned", form.men_planned, "män", "men"),
    ):
        if persons is None:
            yield error(
                "A9",
                f"/{field}",
                f"Uppskatta antalet {sv} bland företagens representanter.",
                f"Estimate the number of {en} among the companies' representatives.",
            )
    limit = call.companies.group_size_warning
    if (form.companies_planned or 0) > limit:
        yield warning(
            "A9",
            "/companies_planned",
            f"Utlysningen avser en mindre grupp av företag; fler än {limit} behöver motiveras.",
            f"The call is for a small group of companies; more than {limit} need a reason.",
        )


def questions_are_answered(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """Every question of the call, by the rule it belongs to (A3, A9, A10 …): answered if required, and in bounds."""
    answers = form.answers
    asked = [question for question in call.questions if _is_asked(question, form)]
    for question in asked:
        answer, pointer = answers.get(question.field, "").strip(), f"/answers/{question.field}"
        if question.required and blank(answer):
            yield error(
                question.rule, pointer, f"Svar saknas: {question.text.sv}", f"An answer is missing: {question.text.en}"
            )
        if len(answer) > question.characters_max:
            limit = question.characters_max
            yield error(
                question.rule,
                pointer,
                f"Svaret är längre än {limit} tecken.",
                f"The answer exceeds {limit} characters.",
            )
    for field in sorted(answers.keys() - {question.field for question in call.questions}):
        yield error("A9", f"/answers/{field}", "Utlysningen har ingen sådan fråga.", "The call has no such question.")


def _is_asked(question: Question, form: Form) -> bool:
    if question.only_with_staff_training and not form.staff_training_ore:
        return False
    return not question.only_for_themes or form.theme in question.only_for_themes
