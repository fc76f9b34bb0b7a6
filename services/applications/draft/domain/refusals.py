"""Why a draft cannot be saved, removed or submitted."""

from shared.kernel.refusals import Refusal


class DraftSavedByAnother(Refusal):
    """Several people write one draft; nobody's text is overwritten by somebody who has not seen it."""

    rule = "A15"
    status = 412
    sv = (
        "Utkastet har sparats av {saved_by} ({saved_at}) sedan du hämtade det: nu gäller version {version}. Ingenting "
        "har sparats. Hämta utkastet på nytt och för in dina ändringar."
    )
    en = (
        "The draft was saved by {saved_by} ({saved_at}) since you got it: the version is now {version}. Nothing was "
        "saved. Get the draft again and enter your changes."
    )


class DraftBeingSubmitted(Refusal):
    """What is being submitted is neither changed nor removed at the same time."""

    rule = "A15"
    status = 409
    retry_after_s = 5
    sv = "Utkastet lämnas in just nu. Ingenting har sparats; försök igen om en stund."
    en = "The draft is being submitted just now. Nothing was saved; try again in a moment."


class DraftAlreadySubmitted(Refusal):
    """A draft ends when it is submitted; what is submitted may be replaced until closing."""

    rule = "A15"
    status = 409
    sv = "Ansökan är redan inlämnad. Den kan ersättas till dess att utlysningen stänger."
    en = "The application is submitted already. It can be replaced until the call closes."


class TooManyDrafts(Refusal):
    """An organisation has no more drafts at once than anybody needs."""

    status = 409
    sv = "Organisationen har redan {drafts_max} utkast. Ta bort något av dem först."
    en = "The organisation has {drafts_max} drafts already. Remove one of them first."


class CallVersionNotPublished(Refusal):
    """Nobody has seen a version of a call that is not there."""

    rule = "A28"
    status = 422
    sv = "Utlysningen har ingen version {version}. Den senaste är {newest}."
    en = "The call has no version {version}. The newest is {newest}."
