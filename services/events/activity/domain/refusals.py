"""The answers of the activity rules when something is not allowed."""

from shared.kernel.refusals import Refusal


class ProjectUnknown(Refusal):
    """No granted project of the caller's organisation with that id is known here, or not yet (E1).

    Grants arrive by the event stream: a caller that has just got one carries its receipt or tries again.
    """

    rule = "E1"
    retry_after_s = 2
    sv = "Här finns ännu inget beviljat projekt med det id:t för er organisation. Försök igen om en stund."
    en = "No granted project of your organisation with that id is known here yet. Try again in a moment."


class ProjectEnded(Refusal):
    """Nothing more is planned in a project whose grant was revoked or has lapsed (E1, A19)."""

    rule = "E1"
    sv = "Beslutet om stöd till projektet är upphävt eller har förfallit. Inga fler aktiviteter kan planeras."
    en = "The project's grant was revoked or has lapsed. No more activities can be planned."


class TimesImpossible(Refusal):
    """An activity ends after it begins, and is one occasion of at most a day and a night (E1)."""

    rule = "E1"
    status = 422
    sv = "Aktiviteten ska sluta minst en minut efter att den börjar och vara högst {hours_max} timmar."
    en = "The activity must end at least a minute after it begins, and last at most {hours_max} hours."


class OutsideProjectPeriod(Refusal):
    """An activity lies between the project's first and last day, Swedish time (E1)."""

    rule = "E1"
    sv = "Aktiviteten ska ligga från och med {starts_on} till och med {ends_on}, projektets period."
    en = "The activity must lie between {starts_on} and {ends_on}, the period of the project."


class ActivityNotStarted(Refusal):
    """What has not begun cannot have been held (E1)."""

    rule = "E1"
    sv = "Aktiviteten har inte börjat ännu och kan inte redovisas som genomförd."
    en = "The activity has not begun yet and cannot be reported as held."


class ActivityHeldAlready(Refusal):
    """The activity has been held (E1)."""

    rule = "E1"
    sv = "Aktiviteten är redan genomförd."
    en = "The activity has been held already."


class ActivityCancelledAlready(Refusal):
    """The activity has been cancelled (E1)."""

    rule = "E1"
    sv = "Aktiviteten är inställd."
    en = "The activity has been cancelled."


class ActivityNotHeld(Refusal):
    """Attendance is recorded when the activity has been held, not before (E2)."""

    rule = "E2"
    sv = "Närvaro registreras först när aktiviteten är genomförd."
    en = "Attendance is recorded once the activity has been held."


class AttendanceAlreadyRecorded(Refusal):
    """Minutes count once: a second list would count them twice (E2)."""

    rule = "E2"
    sv = "Närvaron är redan registrerad för aktiviteten."
    en = "The attendance of this activity has been recorded already."


class AttendanceNotAllowed(Refusal):
    """Some of the rows cannot be; every finding is listed and nothing is recorded (E2)."""

    rule = "E2"
    status = 422
    sv = "Närvaron kan inte registreras. Inget är sparat."
    en = "The attendance cannot be recorded. Nothing has been saved."


class EnrolmentUnknown(Refusal):
    """Some companies or persons are not known here as taking part in the project, or not yet (E2).

    Enrolments arrive by the event stream: a caller that has just made one carries its receipt or tries again. Whoever
    is not enrolled is a guest.
    """

    rule = "E2"
    retry_after_s = 2
    sv = "Alla rader gäller inte anslutna företag och deras företrädare. Den som inte är ansluten räknas som gäst."
    en = "Not all rows are of enrolled companies and their representatives. Whoever is not enrolled counts as a guest."
