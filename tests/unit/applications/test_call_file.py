"""The call as a file: the pilot's own is sound and literal, a wrong one is refused with every reason."""

import re
from pathlib import Path

import pytest

from services.applications.call.domain import CallNotSound
from services.applications.call.schemas import FILE_BYTES_MAX, CallFileUnreadable, read_call_file
from shared.contracts.call import BudgetCategory
from tests.unit.applications.examples import CALL_FILE, KRONA, the_call

FILE = CALL_FILE.read_text(encoding="utf-8")
PARENT = {"final_report_on_latest": "period/", "ore_per_eur_on": "companies/"}

CALL_TEXT = (Path(__file__).parent / "utlysning.txt").read_text(encoding="utf-8")


def refused(changed: str) -> list[tuple[str, str]]:
    with pytest.raises(CallNotSound) as refusal:
        read_call_file(changed.encode())
    return [(problem.rule, problem.pointer) for problem in refusal.value.problems]


def replaced(old: str, new: str) -> str:
    assert old in FILE
    return FILE.replace(old, new, 1)


def test_the_pilots_amounts_and_dates_are_those_of_the_call_text() -> None:
    call = the_call()
    assert call.amounts.budget_ore == 10_000_000 * KRONA
    assert call.amounts.application_ore_min == 500_000 * KRONA
    assert call.amounts.support_share_bp_max == 5_000
    assert (call.closes_on.isoformat(), call.period.ends_on_latest.isoformat()) == ("2023-03-01", "2023-10-31")
    assert call.period.final_report_on_latest.isoformat() == "2023-11-30"
    assert call.staff_training is not None
    assert call.staff_training.cost_ore_max == 180_000 * KRONA
    assert call.staff_training.cost_per_person_ore_max == 30_000 * KRONA
    assert [line.category for line in call.budget_lines] == list(BudgetCategory)
    assert call.global_goals == list(range(1, 18))
    assert len(call.counties) == 21


@pytest.mark.parametrize("rule", [f"A{number}" for number in range(1, 12)])
def test_every_rule_of_the_form_has_its_quotation(rule: str) -> None:
    assert rule in the_call().quotations


@pytest.mark.parametrize(("rule", "quotation"), the_call().quotations.items())
def test_a_quotation_is_a_literal_extract_of_the_call_text(rule: str, quotation: str) -> None:
    assert quotation in CALL_TEXT, rule


def test_every_reason_is_told_at_once() -> None:
    changed = replaced("field: offer_today", "field: offer_today\n    only_for_themes: [unknown-theme]")
    for old, new in (
        ("base: [personnel]", "base: [personnel, canteen]"),
        ("closes_on: 2023-03-01", "closes_on: 2022-03-01"),
        ("  P4: ", "  P99: "),
        ("handbook_version", "handbok_version"),
        ("score_max: 5", "score_max: 1"),
        ("global_goals: [1,", "global_goals: [18,"),
    ):
        changed = changed.replace(old, new, 1)
    assert set(refused(changed)) == {
        ("A7", "/questions/0/only_for_themes"),
        ("", "/budget_lines/1/flat_rate/base/1"),
        ("A1", "/closes_on"),
        ("", "/quotations/P99"),
        ("", "/handbook_version"),
        ("", "/handbok_version"),
        ("A16", "/assessment/criteria/0/score_max"),
        ("A8", "/global_goals/0"),
    }


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("code: platforms", "code: data-ai", ("A7", "/themes")),
        ("field: networks", "field: offer_today", ("A9", "/questions")),
        ('"03", "04"', '"01", "04"', ("A9", "/counties")),
        ('"03", "04"', '"02", "04"', ("A9", "/counties/1")),
        ("rule: A25", "rule: A99", ("", "/questions/10/rule")),
        ("base: [personnel]", "base: [flat-rate]", ("A11", "/budget_lines/1/flat_rate/base/0")),
        ("ends_on_latest: 2023-10-31", "ends_on_latest: 2023-12-31", ("A6", "/period/final_report_on_latest")),
        (
            "application_ore_min: 50_000_000",
            "application_ore_min: 1_000_000_001",
            ("A4", "/amounts/application_ore_min"),
        ),
        ("request_months_min: 1", "request_months_min: 7", ("C1", "/reporting/request_months_max")),
        (
            "roles: [agency.payment_approver]\n",
            "roles: [agency.payment_approver]\n    - up_to_ore: 100_000_000\n      roles: [agency.decision_maker]\n",
            ("C9", "/reporting/approval_levels/1/up_to_ore"),
        ),
        ("roles: [agency.payment_approver]", "roles: [operator]", ("", "/reporting/approval_levels/0/roles/0")),
        ("in_force_to: 2022-12-31", "in_force_to: 2014-12-31", ("A18", "/legal_bases/0/in_force_to")),
        ("- code: collective-agreement-pay", "- code: no-tax-debts", ("A23", "/declarations")),
        ("rule: A23\n", "rule: A99\n", ("", "/declarations/0/rule")),
        ("- kind: budget", "- kind: period", ("A19", "/changes")),
        ("- kind: budget", "- kind: mood", ("", "/changes/1/kind")),
        ("[introduction, deep-dive]", "[introduction, introduction]", ("A9", "/required_phases")),
        ("report_dates: [2023-07-31", "report_dates: [2023-01-15", ("A18", "/report_dates/0")),
        ("report_dates: [2023-07-31", "report_dates: [2023-11-30", ("A18", "/report_dates/1")),
        ("2023-07-31, 2023-11-30]", "2023-07-31, 2023-12-01]", ("A18", "/report_dates/1")),
        ("- image/png", "- application/x-msdownload", ("A24", "/attachment_rules/media_types/1")),
        ("paid_on_latest: 2023-11-30", "paid_on_latest: 9999-12-31", ("C3", "/reporting/paid_on_latest")),
        ("needs_own_words: true", "needs_own_word: true", ("", "/themes/5/needs_own_word")),
        ("version: 1", "version: 0", ("", "/version")),
        ("version: 1", "version: true", ("", "/version")),
        ("closes_at_local: null", "closes_at_local: noon", ("", "/closes_at_local")),
    ],
)
def test_a_fault_is_refused_at_its_place(old: str, new: str, place: tuple[str, str]) -> None:
    assert refused(replaced(old, new)) == [place]


@pytest.mark.parametrize(
    ("field", "first", "last"),
    [
        ("opens_on", "2000-01-01", None),
        ("final_report_on_latest", None, "2100-12-31"),
        ("ore_per_eur_on", "2000-01-01", "2100-12-31"),
    ],
)
def test_a_date_can_be_reckoned_with(field: str, first: str | None, last: str | None) -> None:
    found = re.search(rf"^ *{field}: [0-9-]+", FILE, re.MULTILINE)
    assert found is not None

    def dated(day: str) -> str:
        return FILE.replace(found[0], f"{found[0][:-10]}{day}", 1)

    for good, beyond in ((first, "1999-12-31"), (last, "2101-01-01"), (last, "9999-12-31"), (first, "0001-01-01")):
        if good is not None:
            read_call_file(dated(good).encode())
            assert [place for _, place in refused(dated(beyond))] == [f"/{PARENT.get(field, '')}{field}"]


def test_no_more_attachments_are_required_than_an_application_may_have() -> None:
    required = replaced("required: false\nattachment_rules", "required: true\nattachment_rules")
    one = required.replace("files_max: 30", "files_max: 1", 1)
    assert read_call_file(one.encode()).attachments[0].required
    assert refused(required.replace("files_max: 30", "files_max: 0", 1)) == [("A24", "/attachment_rules/files_max")]


def test_a_flat_rate_belongs_to_the_flat_rate_line_and_to_no_other() -> None:
    moved = replaced("    flat_rate:\n      share_bp: 1_500  # Val: 15 % på personal.\n      base: [personnel]\n", "")
    assert refused(moved) == [("A11", "/budget_lines/1/flat_rate")]


def test_an_hour_of_closing_is_read_as_an_hour_and_not_as_a_number() -> None:
    call = read_call_file(replaced("closes_at_local: null", "closes_at_local: 16:00").encode())
    assert call.closes_at_local is not None
    assert call.closes_at_local.hour == 16


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "a: &x [1]",
        "a: !!python/object/apply:os.system [ls]",
        "a: !!int 3",
        "a: 1\na: 2",
        "[" * 1_000,
        "a: [1",
        "a: 1\n---\nb: 2",
        "\tx: 1",
    ],
)
def test_what_is_not_plain_yaml_is_refused(text: str) -> None:
    with pytest.raises(CallFileUnreadable):
        read_call_file(text.encode())


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(CallFileUnreadable):
        read_call_file("title: säker".encode("latin-1"))


def test_the_size_of_a_file_is_bounded() -> None:
    padding = b"#" * (FILE_BYTES_MAX - len(FILE.encode()))
    assert read_call_file(FILE.encode() + padding) == the_call()
    with pytest.raises(CallFileUnreadable):
        read_call_file(FILE.encode() + padding + b"#")


@pytest.mark.parametrize("text", ["", "- 1", "utlysning"])
def test_a_file_that_is_no_mapping_is_no_call(text: str) -> None:
    assert refused(text) == [("", "")]


def test_no_persons_name_is_in_the_file() -> None:
    assert "handläggare" in the_call().contacts[0].name.sv
    assert "08-681" not in FILE
