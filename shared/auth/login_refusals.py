"""Refusals of the login: what a person who wanted to come in, or to sign, is told."""

from shared.kernel.refusals import Refusal


class LoginNotAvailable(Refusal):
    """The installation names no client at an issuer, so nobody logs in with a browser."""

    status = 404
    sv = "Den här installationen har ingen inloggning för webbläsare."
    en = "This installation has no login for browsers."


class LoginStale(Refusal):
    """The answer belongs to no login that this browser began within ten minutes."""

    status = 400
    sv = "Inloggningen tog för lång tid eller påbörjades i ett annat fönster. Börja om."
    en = "The login took too long or was begun in another window. Start again."


class LoginCancelled(Refusal):
    """The issuer says that the person did not log in."""

    status = 400
    sv = "Inloggningen avbröts. Ingenting har ändrats."
    en = "The login was cancelled. Nothing has changed."


class LoginNotVerified(Refusal):
    """What the issuer answered does not prove who logged in. What is wrong is told to the log, never to the caller."""

    status = 400
    sv = "Inloggningen kunde inte bekräftas. Försök igen."
    en = "The login could not be verified. Try again."


class LoginWithoutAccess(Refusal):
    """The person is known to the issuer, but the access token is not one that this system takes."""

    status = 403
    sv = "Du är inloggad, men ditt konto har ingen behörighet här. Vänd dig till den som sköter behörigheterna."
    en = "You are logged in, but your account has no access here. Turn to whoever looks after access."
