"""Refusals of identity: no valid token, not this permission, or nobody to ask."""

from shared.kernel.refusals import Refusal


class Unauthenticated(Refusal):
    """There is no token, or it is not one that may be trusted. Why is never told to the caller."""

    status = 401
    sv = "Anropet saknar en giltig åtkomsttoken."
    en = "The request carries no valid access token."


class Forbidden(Refusal):
    """The token is valid, but none of its roles gives this permission."""

    status = 403
    sv = "Din roll ger inte den här behörigheten."
    en = "Your roles do not give this permission."


class CrossSiteForm(Refusal):
    """A form was sent from another site with the reader's cookie."""

    status = 403
    sv = "Formuläret skickades inte från den här webbplatsen."
    en = "The form was not sent from this site."


class IdentityUnavailable(Refusal):
    """The issuer's keys cannot be fetched, so nobody can be told from anybody."""

    status = 503
    retry_after_s = 5
    sv = "Inloggningstjänstens nycklar går inte att hämta just nu. Försök igen om en stund."
    en = "The identity provider's keys cannot be fetched just now. Try again in a while."
