"""What a check answers: every finding, the same by section of the form, and the amounts that follow (A15)."""

from typing import Final

from pydantic import Field

from services.applications.application.domain import Checked
from services.applications.application.domain.sections import Figures, Section, SectionChecked
from shared.contracts.call import Text
from shared.kernel.refusals import Problem, Severity
from shared.web.schemas import Answer

_NAMES: Final = {
    Section.APPLICANT: Text(sv="Sökande", en="Applicant"),
    Section.PROJECT: Text(sv="Projektet", en="The project"),
    Section.COMPANIES: Text(sv="Deltagande företag", en="Participating companies"),
    Section.LOGIC: Text(sv="Utmaning, mål och aktiviteter", en="Challenge, goals and activities"),
    Section.TRAINING: Text(sv="Personalutbildning", en="Staff training"),
    Section.BUDGET: Text(sv="Budget", en="Budget"),
    Section.FINANCING: Text(sv="Finansiering", en="Financing"),
    Section.AID: Text(sv="Statsstöd och försäkringar", en="State aid and declarations"),
    Section.ATTACHMENTS: Text(sv="Bilagor", en="Attachments"),
    Section.SECRETS: Text(sv="Affärshemligheter", en="Business secrets"),
}


class ProblemBody(Answer):
    """One finding of a rule, with the call's own words."""

    rule: str
    severity: Severity
    pointer: str = Field(description="JSON-pekare till fältet / JSON pointer to the field")
    sv: str
    en: str
    quotation: str


class SectionBody(Answer):
    """En del av formuläret / a section of the form, with what was found in it."""

    section: Section
    sv: str
    en: str
    done: bool = Field(description="Inget i delen hindrar inlämning / nothing in it forbids submission")
    errors: int
    warnings: int
    notes: int
    problems: list[ProblemBody]


class FiguresBody(Answer):
    """Beräknade belopp i öre / computed amounts in öre (A5, A10, A11)."""

    flat_rate_ore: int = Field(description="Schablonen som den ska vara / the flat rate as it must be")
    budget_total_ore: int
    support_share_bp: int | None = Field(description="Stödets andel i baspunkter, nedåt / share in basis points, cut")
    support_ore_max: int = Field(description="Högsta stöd till budgeten / the highest support of this budget")
    cash_ore: int
    cash_missing_ore: int = Field(description="Kontanter som saknas / cash that is missing")
    staff_training_ore: int
    staff_training_cap_ore: int | None = Field(description="Tak för personalutbildning / the cap on staff training")


class CheckBody(Answer):
    """Everything the rules found. Only errors forbid submission (A15)."""

    submission_allowed: bool
    problems: list[ProblemBody] = Field(description="Allt i reglernas ordning / everything, in the order of the rules")
    sections: list[SectionBody] = Field(description="Samma fynd efter formulärets delar / the same by section")
    figures: FiguresBody


def check_body(checked: Checked) -> CheckBody:
    """Return what a check found."""
    return CheckBody(
        submission_allowed=checked.submission_allowed,
        problems=[problem_body(found) for found in checked.problems],
        sections=[_section_body(section) for section in checked.sections],
        figures=_figures_body(checked.figures),
    )


def problem_body(problem: Problem) -> ProblemBody:
    """Return one finding."""
    return ProblemBody(
        rule=problem.rule,
        severity=problem.severity,
        pointer=problem.pointer,
        sv=problem.sv,
        en=problem.en,
        quotation=problem.quotation,
    )


def _figures_body(figures: Figures) -> FiguresBody:
    return FiguresBody.model_validate(figures, from_attributes=True)


def _section_body(checked: SectionChecked) -> SectionBody:
    name = _NAMES[checked.section]
    severities = [problem.severity for problem in checked.problems]
    return SectionBody(
        section=checked.section,
        sv=name.sv,
        en=name.en,
        done=checked.done,
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        notes=severities.count(Severity.NOTE),
        problems=[problem_body(problem) for problem in checked.problems],
    )
