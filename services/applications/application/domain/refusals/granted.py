"""Why a grant cannot be revoked, or a change of it not asked for or not decided."""

from shared.kernel.refusals import Refusal


class NothingToRevoke(Refusal):
    """Only a grant that stands, accepted or not, is revoked."""

    rule = "A19"
    sv = "Det finns inget gällande bifall att upphäva."
    en = "There is no grant in force to revoke."


class RevocationNotWholeKronor(Refusal):
    """A part of a grant is whole kronor, above zero and below the whole."""

    rule = "A19"
    status = 422
    sv = "Det som upphävs i del ska vara hela kronor, över noll och mindre än hela bifallet {granted}."
    en = "What is revoked in part must be whole kronor, above zero and less than the whole grant {granted}."


class GrantBelowPaid(Refusal):
    """A grant is not lowered below what is paid out: that is claimed back, or the whole grant is revoked."""

    rule = "A17"
    sv = (
        "{paid} är redan utbetalt och bifallet kan inte bli lägre. Upphäv högst {most}, eller upphäv hela bifallet "
        "och kräv tillbaka det utbetalda."
    )
    en = (
        "{paid} is already paid out and the grant cannot be lower. Revoke at most {most}, or revoke the whole grant "
        "and claim back what was paid."
    )


class ChangeBeforeAcceptance(Refusal):
    """Changes are asked for on an accepted grant."""

    rule = "A19"
    sv = "Ändringar kan begäras först när bifallet är accepterat."
    en = "Changes can be asked for only when the grant is accepted."


class ChangeOfRevokedGrant(Refusal):
    """There is nothing to change in a grant that was revoked."""

    rule = "A19"
    sv = "Bifallet är upphävt och kan inte ändras."
    en = "The grant is revoked and cannot be changed."


class ChangeNotAvailable(Refusal):
    """A call says which changes it allows, and who decides on each."""

    rule = "A19"
    sv = "Den här typen av ändring finns inte i utlysningen."
    en = "This kind of change is not available in this call."


class ChangeAlreadyOpen(Refusal):
    """One change of a kind waits at a time."""

    rule = "A19"
    sv = "En ändring av samma slag väntar redan på beslut."
    en = "A change of the same kind already waits for a decision."


class ProjectOver(Refusal):
    """What is over is not changed."""

    rule = "A19"
    sv = "Projektet avslutades {ended_on} och kan inte längre ändras."
    en = "The project ended on {ended_on} and can no longer be changed."


class ChangeNotSound(Refusal):
    """A change fills in what belongs to its kind and keeps the rules of the call; `problems` holds what is wrong."""

    rule = "A19"
    status = 422
    sv = "Ändringen är inte fullständig eller följer inte utlysningens regler. Alla fel står i listan."
    en = "The change is not complete or does not meet the rules of the call. The list holds all faults."


class ChangeNotOpen(Refusal):
    """A change is decided once."""

    rule = "A19"
    sv = "Ändringen är redan beslutad eller finns inte."
    en = "The change is already decided or does not exist."


class ChangeDecidedByOther(Refusal):
    """The call says who decides on a kind of change."""

    rule = "A19"
    status = 403
    sv = "Den här ändringen beslutas av en annan roll: {role}."
    en = "This change is decided by another role: {role}."
