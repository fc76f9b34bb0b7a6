"""The rules of the form about the project's logic: challenge, purpose, goals, activities, spreading (A6, A9, A25)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.applications.application.domain.findings import blank, error, warning
from services.applications.application.domain.form import Activity, Form
from shared.contracts.call import ActivityKind, CallDefinition, Phase, Text
from shared.kernel.refusals import Problem

_PURPOSE: Final = "G0"
"""The call's overall purpose: what the programme learns from all projects, which no activity must serve by itself."""
PHASES: Final = {
    Phase.INTRODUCTION: Text(sv="introduktionsfasen", en="introduction phase"),
    Phase.DEEP_DIVE: Text(sv="fördjupningsfasen", en="deep-dive phase"),
}


def challenge_leads_to_goals(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: the challenge and needs of the target group, a purpose, and goals of the project's own, each told apart."""
    logic = form.logic
    if blank(logic.challenge):
        yield error(
            "A9",
            "/logic/challenge",
            "Beskriv målgruppens specifika utmaning och behov i fråga om digital säkerhet.",
            "Describe the target group's specific challenge and needs in digital security.",
        )
    if blank(logic.purpose):
        yield error("A9", "/logic/purpose", "Beskriv projektets syfte.", "Describe the project's purpose.")
    if not logic.goals:
        yield error("A9", "/logic/goals", "Ange minst ett projektmål.", "State at least one goal of the project.")
    codes = Counter(goal.code for goal in logic.goals)
    for position, goal in enumerate(logic.goals):
        if blank(goal.text):
            yield error("A9", f"/logic/goals/{position}/text", "Beskriv projektmålet.", "Describe the project's goal.")
        if codes[goal.code] > 1:
            yield error(
                "A9",
                f"/logic/goals/{position}/code",
                f"Koden ”{goal.code}” används för flera mål.",
                f"The code “{goal.code}” is used for several goals.",
            )


def activities_are_described(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: each activity has a title, a phase and a kind, and each phase that the call requires has activities."""
    for position, activity in enumerate(form.logic.activities):
        pointer = f"/logic/activities/{position}"
        for field, missing, sv, en in (
            ("title", blank(activity.title), "Aktivitetens namn saknas.", "The activity's title is missing."),
            ("phase", activity.phase is None, "Ange aktivitetens fas.", "State the activity's phase."),
            ("kind", activity.kind is None, "Ange typ av aktivitet.", "State the kind of activity."),
        ):
            if missing:
                yield error("A9", f"{pointer}/{field}", sv, en)
    planned = {activity.phase for activity in form.logic.activities}
    for phase in call.required_phases:
        if phase not in planned:
            yield error(
                "A9",
                "/logic/activities",
                f"Ange minst en aktivitet i {PHASES[phase].sv}.",
                f"State at least one activity in the {PHASES[phase].en}.",
            )


def activities_serve_goals(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: each activity names the goals that it serves, of the programme and of the project, all of them known."""
    of_programme = {goal.code for goal in call.goals}
    of_project = {goal.code for goal in form.logic.goals}
    for position, activity in enumerate(form.logic.activities):
        pointer = f"/logic/activities/{position}"
        yield from _goals_are_known(
            f"{pointer}/programme_goals",
            activity.programme_goals,
            of_programme,
            Text(sv="programmål", en="goal of the programme"),
        )
        yield from _goals_are_known(
            f"{pointer}/project_goals", activity.project_goals, of_project, Text(sv="projektmål", en="project goal")
        )


def _goals_are_known(pointer: str, named: tuple[str, ...], known: set[str], what: Text) -> Iterator[Problem]:
    if not named:
        yield error(
            "A9",
            pointer,
            f"Ange minst ett {what.sv} som aktiviteten bidrar till.",
            f"State at least one {what.en} that the activity serves.",
        )
    for position, code in enumerate(named):
        if code not in known:
            yield error(
                "A9",
                f"{pointer}/{position}",
                f"Det finns inget {what.sv} ”{code}”.",
                f"There is no {what.en} “{code}”.",
            )


def every_goal_is_served(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: a goal that no activity serves is a warning, of the programme (its overall purpose apart) as of the project.

    Without activities there is nothing to compare: then the activities are what is missing.
    """
    activities = form.logic.activities
    if not activities:
        return
    of_programme = {code for activity in activities for code in activity.programme_goals}
    of_project = {code for activity in activities for code in activity.project_goals}
    for goal in call.goals:
        if goal.code != _PURPOSE and goal.code not in of_programme:
            yield warning(
                "A9",
                "/logic/activities",
                f"Ingen aktivitet bidrar till programmål {goal.code}: {goal.text.sv}.",
                f"No activity serves the programme's goal {goal.code}: {goal.text.en}.",
            )
    for position, own in enumerate(form.logic.goals):
        if own.code not in of_project:
            yield warning(
                "A9",
                f"/logic/goals/{position}",
                "Ingen aktivitet bidrar till projektmålet.",
                "No activity serves this goal of the project.",
            )


def activities_are_within_the_period(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A6: what is planned with dates is within the project's period, and ends after it starts."""
    for position, activity in enumerate(form.logic.activities):
        pointer = f"/logic/activities/{position}"
        if activity.starts_on and form.starts_on and activity.starts_on < form.starts_on:
            yield error(
                "A6",
                f"{pointer}/starts_on",
                f"Aktiviteten börjar före projektet, som börjar {form.starts_on}.",
                f"The activity starts before the project, which starts on {form.starts_on}.",
            )
        if activity.ends_on and form.ends_on and activity.ends_on > form.ends_on:
            yield error(
                "A6",
                f"{pointer}/ends_on",
                f"Aktiviteten slutar efter projektet, som slutar {form.ends_on}.",
                f"The activity ends after the project, which ends on {form.ends_on}.",
            )
        yield from _ends_after_it_starts(activity, form, pointer)


def _ends_after_it_starts(activity: Activity, form: Form, pointer: str) -> Iterator[Problem]:
    """Judge what is stated: where one end is left out, the project's own is meant."""
    starts_on, ends_on = activity.starts_on or form.starts_on, activity.ends_on or form.ends_on
    if (activity.starts_on or activity.ends_on) and starts_on and ends_on and ends_on < starts_on:
        field = "ends_on" if activity.ends_on else "starts_on"
        yield error(
            "A6", f"{pointer}/{field}", "Aktiviteten slutar innan den börjar.", "The activity ends before it starts."
        )


def results_are_spread_in_time(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A9: results spread to others, said how, to whom and when: the final report's day at the latest."""
    last = call.period.final_report_on_latest
    if not form.dissemination:
        yield error(
            "A9",
            "/dissemination",
            "Beskriv hur, till vem och när resultaten sprids till andra.",
            "Describe how, to whom and when results are spread to others.",
        )
    for position, part in enumerate(form.dissemination):
        pointer = f"/dissemination/{position}"
        for field, missing, sv, en in (
            ("how", blank(part.how), "Beskriv hur resultaten sprids.", "Describe how results are spread."),
            ("who", blank(part.who), "Ange till vem resultaten sprids.", "State to whom results are spread."),
            ("on", part.on is None, "Ange när resultaten sprids.", "State when results are spread."),
        ):
            if missing:
                yield error("A9", f"{pointer}/{field}", sv, en)
        if part.on is not None and part.on > last:
            yield error(
                "A9",
                f"{pointer}/on",
                f"Spridningen ska ske senast vid slutredovisningen, {last}.",
                f"Results are spread by the day of the final report, {last}.",
            )
        if part.on is not None and form.starts_on is not None and part.on < form.starts_on:
            yield error(
                "A9",
                f"{pointer}/on",
                "Spridningen kan inte ske innan projektet börjar.",
                "Results cannot be spread before the project starts.",
            )


def companies_network_in_each_phase(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A25: so many networking activities per phase as the call says, else a warning."""
    planned = Counter(activity.phase for activity in form.logic.activities if activity.kind is ActivityKind.NETWORKING)
    needed = call.networking_per_phase_min
    for phase in call.required_phases or list(Phase):
        if planned[phase] < needed:
            yield warning(
                "A25",
                "/logic/activities",
                f"Nätverkande i {PHASES[phase].sv}: {planned[phase]} aktiviteter planerade, minst {needed} behövs.",
                f"Networking in the {PHASES[phase].en}: {planned[phase]} activities planned, at least {needed} needed.",
            )
