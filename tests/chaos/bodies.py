"""What the clients of a run send: calls, applications, companies, activities and ledgers, all of them invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

import services.applications.call
from deploy.demo.describing import described
from deploy.demo.testdata import OWNERS, organisation_number

Json = dict[str, Any]

PUBLISHED: Final = datetime(2023, 1, 20, 9, tzinfo=UTC)
APPLIED: Final = datetime(2023, 2, 20, 11, tzinfo=UTC)
HANDLED: Final = datetime(2023, 3, 6, 9, tzinfo=UTC)
DECIDED: Final = datetime(2023, 3, 10, 9, tzinfo=UTC)
ENROLLED: Final = datetime(2023, 4, 17, 9, tzinfo=UTC)
HELD: Final = datetime(2023, 5, 10, 12, tzinfo=UTC)
REPORTED: Final = datetime(2023, 7, 5, 9, tzinfo=UTC)
PAID: Final = datetime(2023, 8, 1, 9, tzinfo=UTC)

HANDLERS: Final = ("agency-officer-1", "agency-officer-2", "agency-decider")
"""Who examines, assesses and decides cases."""
SUPPORT_KR: Final = 500_000
"""Twenty such grants are the pilot's ten million, to the krona."""
_KRONA: Final = 100
_PERSONNEL_KR, _FLAT_RATE_KR, _EXPERTS_KR = 700_000, 105_000, 195_000
_OBJECT: Final = "P23"
_KINDS: Final = ("workshop", "lecture", "coaching", "networking")
_CALL_FILE: Final = (
    Path(services.applications.call.__path__[0]) / "calls" / "pilot-fortsattning-saker-digitalisering-2023.yaml"
)


@cache
def _pilot() -> Json:
    definition: Json = yaml.load(_CALL_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    return definition


def criteria() -> list[str]:
    """Return the codes of what is assessed."""
    return [criterion["code"] for criterion in _pilot()["assessment"]["criteria"]]


def a_call(identifier: str) -> bytes:
    """Return the pilot's call file under another id."""
    return _CALL_FILE.read_bytes().replace(_pilot()["id"].encode(), identifier.encode(), 1)


def an_application(call: str, owner: str, number: int, *, signed: bool) -> Json:
    """Return an application for `SUPPORT_KR`, half of a budget of one million."""
    applicant = OWNERS[owner]
    return {
        "call": call,
        "signed_with_e_id": signed,
        "applicant": {"name": applicant.name, "organisation_number": applicant.orgnr},
        "title": f"Säker digitalisering {number} (testdata)",
        "counties": [applicant.county],
        "theme": ("data-ai", "platforms", "climate")[number % 3],
        "global_goals": [8, 9],
        "starts_on": "2023-03-15",
        "ends_on": "2023-10-31",
        "companies_planned": 10,
        "hours_per_company_planned": 40,
        "hours_planned": 400,
        "women_planned": 9,
        "men_planned": 11,
        "budget": [
            _budget("personnel", _PERSONNEL_KR),
            _budget("flat-rate", _FLAT_RATE_KR),
            _budget("external-services", _EXPERTS_KR),
        ],
        "amount_applied_ore": SUPPORT_KR * _KRONA,
        "co_funding": [_cash("own", 300_000), _cash("external-private", 200_000)],
        "answers": {
            question["field"]: "Ja, så här (testdata)."
            for question in _pilot()["questions"]
            if question.get("required", "true") == "true" and "only_with_staff_training" not in question
        },
        **described([declaration["code"] for declaration in _pilot()["declarations"]]),
    }


def _budget(category: str, amount_kr: int) -> Json:
    return {"category": category, "text": category, "amount_ore": amount_kr * _KRONA}


def _cash(source: str, amount_kr: int) -> Json:
    return {"source": source, "kind": "cash", "financier": "Testfinansiär", "amount_ore": amount_kr * _KRONA}


def a_signature() -> Json:
    """Return a signature by a document."""
    return {"method": "document", "reference": "Undertecknad (testdata)"}


def no_conflict() -> Json:
    """Return a declaration that there is no conflict of interest."""
    return {"has_conflict": False}


def a_contact() -> Json:
    """Return a call to the applicant."""
    return {"contacted_at": HANDLED.isoformat(), "channel": "phone", "words": "Vi gick igenom ansökan (testdata)."}


def an_assessment(points: int) -> Json:
    """Return an assessment with the same points on every criterion."""
    scores = [{"criterion": code, "points": points, "reason": "Väl beskrivet."} for code in criteria()]
    return {"conditions_met": True, "scores": scores}


def a_consolidation(points: int) -> Json:
    """Return what the assessors found together: the same points on every criterion, and everything applied for."""
    return {**an_assessment(points), "amount_proposed_ore": SUPPORT_KR * _KRONA}


def a_grant() -> Json:
    """Return a grant of everything that was applied for."""
    return {"amount_ore": SUPPORT_KR * _KRONA, "legal_basis": "2022-1468-17", "reasons": "Stärker företagen."}


def a_company(serial: int) -> Json:
    """Return a small company with a number of its own."""
    employees = 10 + serial % 90
    return {
        "name": f"Testföretag {serial} AB (testdata)",
        "organisation_number": organisation_number(100_000 + serial),
        "sni_code": ("62010", "25620", "28990")[serial % 3],
        "sni_version": "2007",
        "municipality": ("2480", "0580", "1480")[serial % 3],
        "figures": {
            "employees": employees,
            "turnover_ore": employees * 150_000_000,
            "balance_sheet_ore": employees * 75_000_000,
            "accounts_closed_on": "2022-12-31",
            "linked_included": True,
            "publicly_controlled": False,
        },
    }


def a_representative(number: int) -> Json:
    """Return a representative, with a name that can be erased."""
    role, gender = ("management", "board")[number % 2], ("woman", "man")[number % 2]
    return {"role": role, "gender": gender, "name": f"Testperson {number}", "email": "test@example.invalid"}


def an_activity(project: str, number: int) -> Json:
    """Return an activity of three hours."""
    return {
        "project": project,
        "kind": _KINDS[number % len(_KINDS)],
        "phase": ("introduction", "deep-dive")[number % 2],
        "form": "digital",
        "starts_at": "2023-05-10T09:00:00+02:00",
        "ends_at": "2023-05-10T12:00:00+02:00",
        "capacity": 30,
        "title": f"Aktivitet {number} (testdata)",
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """A voucher of the ledger: its number (unique in the organisation), account and amount."""

    number: str
    account: str
    amount_kr: int

    def voucher(self) -> Mapping[str, Any]:
        """Return the voucher row as a report names it."""
        return {"fiscal_year": 20230101, "series": "A", "number": self.number, "row": 1}


def costs_of(number: int) -> list[Cost]:
    """Return a project's costs: salaries and experts."""
    amounts = (("7210", 160_000 + number % 7 * 1_000), ("6550", 40_000), ("5800", 3_000))
    return [Cost(f"{number}{row}", account, amount) for row, (account, amount) in enumerate(amounts)]


def a_ledger(owner: str, costs: list[Cost]) -> bytes:
    """Return a SIE 4 file with the costs on the project's object."""
    orgnr = OWNERS[owner].orgnr
    lines = [
        "#FLAGGA 0",
        "#FORMAT PC8",
        "#SIETYP 4",
        f"#ORGNR {orgnr[:6]}-{orgnr[6:]}",
        f'#FNAMN "{OWNERS[owner].name}"',
        "#RAR 0 20230101 20231231",
        f'#OBJEKT 6 "{_OBJECT}" "Säker digitalisering"',
    ]
    for cost in costs:
        lines += [
            f'#VER A "{cost.number}" 20230420 "Testkostnad"',
            "{",
            f'\t#TRANS {cost.account} {{6 "{_OBJECT}"}} {cost.amount_kr}.00',
            f"\t#TRANS 1930 {{}} -{cost.amount_kr}.00",
            "}",
        ]
    return ("\r\n".join(lines) + "\r\n").encode("cp437")


def ledger_path(project: str) -> str:
    """Return where a project's ledger is sent."""
    return f"/reporting/v1/projects/{project}/ledgers?object={_OBJECT}"


def a_report(ledger: str, costs: list[Cost]) -> Json:
    """Return a payment request for every cost, whole."""
    return {
        "period_from": "2023-03-15",
        "period_to": "2023-06-30",
        "ledger": ledger,
        "progress_report": "Enligt plan (testdata).",
        "lines": [{"voucher": cost.voucher(), "claimed_ore": cost.amount_kr * _KRONA} for cost in costs],
    }


def a_verification(costs: list[Cost]) -> Json:
    """Return a verification that approves all but a tenth of the last line."""
    lines: list[Json] = [
        {"line": number, "approved_ore": cost.amount_kr * _KRONA} for number, cost in enumerate(costs, start=1)
    ]
    disallowed = lines[-1]["approved_ore"] // 10
    lines[-1] |= {"disallowed_ore": disallowed, "reason": "unclear"}
    lines[-1]["approved_ore"] -= disallowed
    return {"lines": lines, "notes": "Granskad (testdata)."}


def co_funding() -> Json:
    """Return external money that has been paid in."""
    return {
        "source": "external-private",
        "financier": "Testfinansiär",
        "amount_ore": 100_000 * _KRONA,
        "paid_on": "2023-05-02",
    }
