"""The answers of the enrolment rules when something is not allowed."""

from shared.kernel.refusals import Refusal


class ProjectUnknown(Refusal):
    """No granted project of the caller's organisation with that id is known here, or not yet (P6).

    Grants arrive by the event stream: a caller that has just got one carries its receipt or tries again.
    """

    rule = "P6"
    retry_after_s = 2
    sv = "Här finns ännu inget beviljat projekt med det id:t för er organisation. Försök igen om en stund."
    en = "No granted project of your organisation with that id is known here yet. Try again in a moment."


class ProjectEnded(Refusal):
    """No company joins a project whose grant was revoked or has lapsed (P6, A19)."""

    rule = "P6"
    sv = "Beslutet om stöd till projektet är upphävt eller har förfallit. Inga fler företag kan ansluta."
    en = "The project's grant was revoked or has lapsed. No more companies can join."


class CompanyUnknown(Refusal):
    """There is no company with that id (P1)."""

    rule = "P1"
    status = 422
    sv = "Det finns inget företag med det id:t. Registrera det eller slå upp det på organisationsnumret."
    en = "There is no company with that id. Register it or look it up by its organisation number."


class NotSmallOrMedium(Refusal):
    """The company is no SME by the call's limits (P2); `problems` lists every limit that it breaks."""

    rule = "P2"
    sv = "Bara små och medelstora företag kan delta."
    en = "Only small and medium-sized companies can take part."


class MotiveMissing(Refusal):
    """A company below the recommended size takes part only with a motive (P3)."""

    rule = "P3"
    status = 422
    sv = "Företaget har färre än {employees_recommended_min} anställda. Ange varför det ändå ska delta."
    en = "The company has fewer than {employees_recommended_min} employees. State why it is to take part all the same."


class OutsideProjectPeriod(Refusal):
    """Companies join between the project's first and last day (P6)."""

    rule = "P6"
    sv = "Företag kan ansluta från och med {starts_on} till och med {ends_on}, projektets period."
    en = "Companies can join from {starts_on} to {ends_on}, the period of the project."


class EnrolmentDateInTheFuture(Refusal):
    """An enrolment is recorded when it has happened (P6)."""

    rule = "P6"
    status = 422
    sv = "Anslutningsdagen kan inte ligga i framtiden."
    en = "The day of enrolment cannot be in the future."


class CompanyAlreadyEnrolled(Refusal):
    """A company takes part in a project once (P6)."""

    rule = "P6"
    sv = "Företaget är eller har redan varit anslutet till projektet."
    en = "The company is enrolled in the project already, or has been."


class EnrolmentEnded(Refusal):
    """The company has left the project (P6)."""

    rule = "P6"
    sv = "Företagets deltagande i projektet är avslutat."
    en = "The company has left the project."


class WithdrawalDateImpossible(Refusal):
    """A company leaves on or after the day it joined, and not in the future (P6)."""

    rule = "P6"
    status = 422
    sv = "Deltagandet kan avslutas tidigast {enrolled_on}, då det började, och senast i dag."
    en = "The participation can end on {enrolled_on}, when it began, at the earliest, and today at the latest."


class TooManyRepresentatives(Refusal):
    """A company names a bounded number of representatives in a project (P7)."""

    rule = "P7"
    sv = "Ett företag kan ha högst {representatives_max} företrädare i ett projekt."
    en = "A company can have at most {representatives_max} representatives in a project."
