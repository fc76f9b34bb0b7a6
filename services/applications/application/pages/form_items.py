"""The fields of the application's form, section by section, with the call's own words where it has any."""

from collections.abc import Callable, Mapping
from typing import Final

from services.applications.application.domain import Form
from services.applications.application.domain.sections import Section, section_of
from services.applications.application.pages import choices as words
from services.applications.application.pages import form_items_money as money
from services.applications.application.pages.filling import Field, Item, Kind, Rows
from shared.contracts.call import CallDefinition, Question
from shared.kernel.counties import COUNTIES
from shared.kernel.refusals import Problem

_NAME: Final = "Namn"
_NUMBER: Final = "Organisationsnummer"


def items_of(section: Section, call: CallDefinition, form: Form) -> list[Item]:
    """Return the fields of a section, the call's questions of it last."""
    asked = [_question(each, call) for each in call.questions if _belongs(each, section) and _is_asked(each, form)]
    return [*_SECTIONS[section](call, form), *asked]


def _belongs(question: Question, section: Section) -> bool:
    return section_of(Problem(question.rule, f"/answers/{question.field}", "", "")) is section


def _is_asked(question: Question, form: Form) -> bool:
    """Tell whether an application is asked: of its theme, and with or without staff training."""
    if question.only_for_themes and form.theme not in question.only_for_themes:
        return False
    return not question.only_with_staff_training or form.persons_trained > 0


def _question(question: Question, call: CallDefinition) -> Field:
    return Field(
        f"answers-{question.field}",
        question.text.sv,
        Kind.AREA,
        help=question.help.sv if question.help is not None else "",
        quotation=call.quotations.get(question.rule, "") if question.rule != "A9" else "",
        characters_max=question.characters_max,
        required=question.required,
        out=True,
    )


def _applicant(call: CallDefinition, _form: Form) -> list[Item]:
    return [
        Field("applicant-name", "Sökandens namn", required=True),
        Field(
            "applicant-organisation_number",
            _NUMBER,
            help="Till exempel 556677-8899.",
            quotation=call.quotations.get("A2", ""),
            characters_max=20,
            required=True,
        ),
        Field("applicant-is_region", "Sökanden är en region som söker för en grupp främjare", Kind.TICK),
        Rows(
            "applicant-represents",
            "Främjare som regionen söker för",
            "Främjare",
            (
                Field("name", _NAME, required=True),
                Field("organisation_number", _NUMBER, characters_max=20, required=True),
                Field("qualifies", "Hur främjaren uppfyller kraven", Kind.AREA, characters_max=5000),
            ),
            help="Bara för regioner.",
            quotation=call.quotations.get("A3", ""),
        ),
    ]


def _project(call: CallDefinition, _form: Form) -> list[Item]:
    themes = tuple((theme.code, theme.name.sv) for theme in call.themes)
    counties = tuple((code, COUNTIES[code]) for code in sorted(call.counties) if code in COUNTIES)
    goals = tuple((str(goal), f"{goal}. {words.GLOBAL_GOALS[goal]}") for goal in call.global_goals)
    return [
        Field("title", "Projektets namn", required=True),
        Field("starts_on", "Projektet börjar", Kind.DAY, quotation=call.quotations.get("A6", ""), required=True),
        Field("ends_on", "Projektet slutar", Kind.DAY, required=True),
        Field("counties", "Län", Kind.CHECKS, options=counties, required=True),
        Field("theme", "Tema", Kind.SELECT, quotation=call.quotations.get("A7", ""), options=themes, required=True),
        Field("theme_own_words", "Temat med egna ord", help="Behövs bara för vissa teman.", out=True),
        Field(
            "global_goals",
            "Mål i Agenda 2030",
            Kind.NUMBERS,
            quotation=call.quotations.get("A8", ""),
            options=goals,
            required=True,
        ),
    ]


def _companies(_call: CallDefinition, _form: Form) -> list[Item]:
    return [
        Field("companies_planned", "Antal företag", Kind.NUMBER, required=True),
        Field("hours_per_company_planned", "Timmar för varje företag", Kind.NUMBER, required=True),
        Field("hours_planned", "Timmar för alla företag tillsammans", Kind.NUMBER, required=True),
        Field("women_planned", "Antal kvinnor som deltar", Kind.NUMBER, required=True),
        Field("men_planned", "Antal män som deltar", Kind.NUMBER, required=True),
    ]


def _logic(call: CallDefinition, _form: Form) -> list[Item]:
    goals = tuple((goal.code, f"{goal.code} {goal.text.sv}") for goal in call.goals)
    return [
        Field("logic-challenge", "Utmaning", Kind.AREA, characters_max=5000, required=True),
        Field("logic-purpose", "Syfte", Kind.AREA, characters_max=5000, required=True),
        Rows(
            "logic-goals",
            "Projektets mål",
            "Mål",
            (
                Field("code", "Kod", help="Till exempel m1. Får vara tom.", characters_max=60, out=True),
                Field("text", "Målet", Kind.AREA, characters_max=5000, required=True),
            ),
            help="Aktiviteterna hänvisar till målens koder.",
        ),
        Rows(
            "logic-activities",
            "Aktiviteter",
            "Aktivitet",
            (
                Field("title", "Rubrik", required=True),
                Field("phase", "Fas", Kind.SELECT, options=words.PHASES, required=True),
                Field("kind", "Slag", Kind.SELECT, options=words.ACTIVITY_KINDS, required=True),
                Field("starts_on", "Börjar", Kind.DAY),
                Field("ends_on", "Slutar", Kind.DAY),
                Field("project_goals", "Projektmålens koder", Kind.WORDS, help="Till exempel m1, m2."),
                Field("programme_goals", "Utlysningens mål", Kind.CHECKS, options=goals, required=True),
                Field("description", "Beskrivning", Kind.AREA, characters_max=5000),
            ),
        ),
        Rows(
            "dissemination",
            "Spridning av resultat",
            "Spridning",
            (
                Field("how", "Hur", Kind.AREA, characters_max=5000, required=True),
                Field("who", "Till vem", required=True),
                Field("on", "När", Kind.DAY, required=True),
            ),
        ),
    ]


def _training(call: CallDefinition, _form: Form) -> list[Item]:
    if call.staff_training is None:
        return []
    return [
        Field(
            "training-type",
            "Typ av utbildning i digital säkerhet",
            Kind.AREA,
            help="Lämna delen tom om ni inte söker för utbildning av personal.",
            quotation=call.quotations.get("A10", ""),
            characters_max=5000,
        ),
        Field("training-own_persons", "Hur många ur den egna personalen", Kind.NUMBER),
        Rows(
            "training-promoters",
            "Andra offentliga främjare vars personal utbildas",
            "Främjare",
            (
                Field("name", _NAME, required=True),
                Field("organisation_number", _NUMBER, characters_max=20, required=True),
                Field("persons", "Antal personer", Kind.NUMBER, required=True),
                Field("county", "Län", Kind.SELECT, options=tuple(COUNTIES.items())),
                Field("is_public", "Främjaren är offentlig", Kind.TICK),
            ),
        ),
    ]


def _attachments(call: CallDefinition, _form: Form) -> list[Item]:
    codes = tuple((each.code, each.text.sv) for each in call.attachments)
    return [
        Rows(
            "attachments",
            "Vad filerna är",
            "Bilaga",
            (
                Field("file", "Fil", Kind.HIDDEN),
                Field("name", "Bilagans namn", required=True),
                Field("code", "Vilken av utlysningens bilagor", Kind.SELECT, options=codes),
                Field("secret", "Innehåller affärshemligheter", Kind.TICK),
            ),
            fixed=True,
        )
    ]


def _secrets(call: CallDefinition, _form: Form) -> list[Item]:
    questions = [(f"/answers/{each.field}", each.text.sv) for each in call.questions]
    return [
        Field(
            "secrets",
            "Delar av ansökan som innehåller affärshemligheter",
            Kind.CHECKS,
            help="Markeringen hjälper oss när någon begär ut handlingar. Bilagor markeras bland bilagorna.",
            quotation=call.quotations.get("A13", ""),
            options=(*words.SECRET_PLACES, *questions),
        )
    ]


_SECTIONS: Final[Mapping[Section, Callable[[CallDefinition, Form], list[Item]]]] = {
    Section.APPLICANT: _applicant,
    Section.PROJECT: _project,
    Section.COMPANIES: _companies,
    Section.LOGIC: _logic,
    Section.TRAINING: _training,
    Section.BUDGET: money.budget,
    Section.FINANCING: money.financing,
    Section.AID: money.aid,
    Section.ATTACHMENTS: _attachments,
    Section.SECRETS: _secrets,
}
