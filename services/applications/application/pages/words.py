"""How the codes of applications are said to a Swedish reader."""

from types import MappingProxyType
from typing import Any, Final

from services.applications.application.pages.choices import GLOBAL_GOALS

STATUS: Final = MappingProxyType(
    {
        "submitted": ("Inkommen", "wait"),
        "withdrawn": ("Återkallad", ""),
        "granted": ("Beviljad", "good"),
        "rejected": ("Avslag", "bad"),
        "dismissed": ("Avvisad", "bad"),
        "written-off": ("Avskriven", ""),
        "accepted": ("Beviljad och accepterad", "good"),
        "lapsed": ("Förfallen", "bad"),
        "revoked": ("Upphävd", "bad"),
    }
)
"""What a status is called, and which of the style sheet's kinds of tag it has."""

CHANNELS: Final = MappingProxyType(
    {"phone": "Telefon", "meeting": "Möte", "video": "Videomöte", "mail": "E-post", "letter": "Brev"}
)
REASONS: Final = MappingProxyType(
    {
        "late": "Ansökan kom in för sent",
        "order-not-followed": "Ett föreläggande följdes inte",
        "not-entitled": "Sökanden får inte söka stödet",
    }
)
NOTES: Final = MappingProxyType(
    {"note": "Anteckning", "call": "Samtal", "mail-in": "Inkommen post", "mail-out": "Utgående post"}
)
LETTERS: Final = MappingProxyType(
    {
        "application-submitted": "Ansökan för underskrift",
        "application-replaced": "Ansökan för underskrift",
        "completion-asked": "Begäran om komplettering",
        "funding-granted": "Beslut om bifall",
        "application-rejected": "Beslut om avslag",
        "application-dismissed": "Beslut om avvisning",
        "application-written-off": "Beslut om avskrivning",
        "grant-revoked": "Beslut om upphävande",
        "change-decided": "Beslut om ändring",
        "decision-request-refused": "Beslut om avslag på begäran om avgörande",
    }
)
CHANGES: Final = MappingProxyType(
    {
        "period": "Projektperiod",
        "budget": "Budget",
        "activities": "Aktiviteter",
        "financing": "Finansiering",
        "direction": "Inriktning",
        "project-manager": "Projektledare",
    }
)
SOURCES: Final = MappingProxyType(
    {"own": "egna medel", "external-public": "extern, offentlig", "external-private": "extern, privat"}
)
KINDS: Final = MappingProxyType({"cash": "kontant", "in-kind": "annat än kontanter, räknas inte"})
OUTCOMES: Final = MappingProxyType({"grant": "Bifall", "rejection": "Avslag", "dismissal": "Avvisning"})

FACTS: Final = MappingProxyType(
    {
        "application-submitted": "Ansökan inkommen",
        "application-replaced": "Ansökan ersatt",
        "application-signed": "Ansökan underskriven",
        "application-withdrawn": "Ansökan återkallad",
        "case-registered": "Ärendet diariefört",
        "officer-assigned": "Handläggare utsedd",
        "conflict-declared": "Jäv prövat",
        "conflict-settled": "Jävsfråga avgjord",
        "contact-recorded": "Kontakt med sökanden",
        "completion-asked": "Komplettering begärd",
        "completion-answered": "Komplettering inkommen",
        "completion-lapsed": "Tiden för komplettering gick ut",
        "consultation-recorded": "Samråd antecknat",
        "note-filed": "Anteckning",
        "reminder-set": "Bevakning satt",
        "reminder-done": "Bevakning klar",
        "message-sent": "Meddelande skickat",
        "delay-notified": "Underrättelse om försening",
        "decision-requested": "Begäran om avgörande",
        "decision-request-refused": "Begäran om avgörande avslagen",
        "application-assessed": "Ansökan bedömd",
        "assessment-consolidated": "Bedömningarna sammanvägda",
        "partial-grant-proposed": "Bifall i del föreslaget",
        "revised-budget-confirmed": "Reviderad budget bekräftad",
        "funding-granted": "Beslut om bifall",
        "application-rejected": "Beslut om avslag",
        "application-dismissed": "Beslut om avvisning",
        "application-written-off": "Beslut om avskrivning",
        "grant-accepted": "Bifall accepterat",
        "grant-lapsed": "Bifall förfallet",
        "change-requested": "Ändring begärd",
        "change-decided": "Beslut om ändring",
        "grant-revoked": "Beslut upphävt",
    }
)

"""What each step of the case log is called: every fact that an application's stream may hold."""

DONE: Final = MappingProxyType(
    {
        "declared": "Du har angett att du inte är jävig.",
        "registered": "Ärendet är diariefört.",
        "assigned": "Handläggaren är utsedd.",
        "contact": "Kontakten är antecknad.",
        "assessed": "Bedömningen är sparad.",
        "consolidated": "Bedömningarna är sammanvägda.",
        "ordered": "Ordningen är bestämd.",
        "proposed": "Förslaget är skickat till sökanden.",
        "confirmed": "Budgeten är bekräftad.",
        "asked": "Begäran är skickad till sökanden.",
        "noted": "Anteckningen är sparad.",
        "reminded": "Bevakningen är satt.",
        "ticked": "Bevakningen är avbockad.",
        "written": "Meddelandet är skickat.",
        "settled": "Jävsfrågan är avgjord.",
        "wanted": "Begäran om ändring är skickad.",
        "decided": "Beslutet är fattat.",
        "accepted": "Bifallet är accepterat.",
        "signed": "Ansökan är underskriven.",
        "submitted": "Ansökan är inlämnad.",
        "replaced": "Ansökan är ersatt.",
        "told": "Sökanden är underrättad.",
        "requested": "Begäran om avgörande är skickad.",
        "withdrawn": "Ansökan är återkallad.",
        "completed": "Kompletteringen är inskickad.",
        "conflict": "Ditt jäv är antecknat. Ärendet visas inte längre för dig.",
    }
)
"""What a page says of what has just been recorded, by the code in its address."""


def fact(entry: dict[str, Any]) -> str:
    """Return what a step of the case log was, with what is worth saying of it."""
    name: str = entry["fact"]
    told = entry["told"]
    text = FACTS.get(name, name)
    match name:
        case "case-registered":
            return f"{text}: {told['diary_number']}"
        case "officer-assigned":
            return f"{text}: {told['officer']}"
        case "contact-recorded":
            return f"{text}: {CHANNELS.get(told['channel'], told['channel']).lower()}"
        case "conflict-declared" | "conflict-settled":
            return f"{text}: {told['person']}, {'jävig' if told['has_conflict'] else 'inte jävig'}"
        case "application-dismissed":
            return f"{text}: {REASONS.get(told['reason'], told['reason']).lower()}"
        case _:
            return text


def status(code: str) -> str:
    """Return what a status is called."""
    return STATUS.get(code, (code, ""))[0]


def status_kind(code: str) -> str:
    """Return which kind of tag a status has."""
    return STATUS.get(code, ("", ""))[1]


def source(code: str) -> str:
    """Return what a source of funding is called."""
    return SOURCES.get(code, code)


def kind(code: str) -> str:
    """Return what a kind of co-funding is called."""
    return KINDS.get(code, code)


def points(hundredths: int) -> str:
    """Return points, kept as hundredths of a point."""
    return f"{hundredths // 100},{hundredths % 100:02}"


def change(code: str) -> str:
    """Return what is changed in a grant."""
    return CHANGES.get(code, code)


def goal(number: int) -> str:
    """Return a global goal with its number."""
    return f"{number}. {GLOBAL_GOALS[number]}" if number in GLOBAL_GOALS else str(number)


def reason(code: str) -> str:
    """Return why an application was dismissed."""
    return REASONS.get(code, code)
