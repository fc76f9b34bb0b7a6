"""SIE 4: every real-world oddity is met, and a file that cannot be read is refused whole, with line and reason (C4)."""

import string
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.costs.domain import sie
from services.reporting.costs.domain.charts import Chart, Treatment, placing
from services.reporting.costs.domain.ledger import LedgerHasNoSuchObject, LedgerRow, VoucherKey, extract
from services.reporting.costs.domain.sie import LedgerUnreadable, parse
from shared.contracts.call import BudgetCategory

HEAD = '#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#FNAMN "Testparken Norr (testdata)"\n#RAR 0 20230101 20231231\n'
PROJECT = '#DIM 6 "Projekt"\n#OBJEKT 6 "P1" "Säker digitalisering"\n#KONTO 7210 "Löner"\n'
VOUCHER = '#VER A 1 20230415 "Lön"\n{\n#TRANS 7210 {6 "P1"} 100.00\n#TRANS 1930 {} -100.00\n}\n'


def _ledger(body: str, encoding: str = "cp437") -> sie.Ledger:
    return parse((HEAD + PROJECT + body).encode(encoding))


def _first_row(transaction: str) -> sie.Row:
    amount = "#TRANS 1930 {} 0"
    return _ledger(f'#VER A 1 20230415 "Lön"\n{{\n{transaction}\n{amount}\n}}\n').vouchers[0].rows[0]


@pytest.mark.parametrize(
    ("transaction", "objects", "text"),
    [
        ('#TRANS 7210 {6 "P1"} 0', (("6", "P1"),), ""),
        ('\t#TRANS\t7210\t{6\t"P1"}\t0\t20230416\t"med tabbar"', (("6", "P1"),), "med tabbar"),
        ('    #TRANS 7210 {"6" "P1"} 0 "" "indraget"', (("6", "P1"),), "indraget"),
        ('#TRANS 7210 {1 "K 2" 6 "P1"} 0.0 20230416 "två \\"citat\\""', (("1", "K 2"), ("6", "P1")), 'två "citat"'),
        ("#TRANS 7210 {} 0.00", (), ""),
        ('#TRANS "7210" {6 "P{1}"} 0 20230416 "klammer } i text" 3 "A.A"', (("6", "P{1}"),), "klammer } i text"),
        ('#TRANS 7210 {6 "P1"} 0 20230416 "C:\\mapp"', (("6", "P1"),), "C:\\mapp"),
        ('#trans 7210 {6 ""} 0', (("6", ""),), ""),
    ],
)
def test_fields_are_read_however_they_are_set(
    transaction: str, objects: tuple[tuple[str, str], ...], text: str
) -> None:
    row = _first_row(transaction)
    assert (row.account, row.objects, row.text) == ("7210", objects, text)


@pytest.mark.parametrize(
    ("written", "ore"),
    [
        ("1", 100),
        ("1.", 100),
        ("1.5", 150),
        ("-1.50", -150),
        (".05", 5),
        ("-0.01", -1),
        ("1234567890123", 123456789012300),
    ],
)
def test_amounts_have_no_one_or_two_decimals_and_may_be_negative(written: str, ore: int) -> None:
    assert sie.amount_ore(written, 1) == ore


@pytest.mark.parametrize("written", ["", "1,50", "1.234", "1 000", "ett", "--1", "+1", "1e3", "NaN", "9" * 14, "."])
def test_what_is_not_an_amount_is_refused(written: str) -> None:
    with pytest.raises(LedgerUnreadable):
        sie.amount_ore(written, 1)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_file_in_an_old_end_mark(newline: str) -> None:
    ledger = parse((HEAD + VOUCHER).replace("\n", newline).encode() + b"\x1a")
    assert len(ledger.vouchers) == 1


def test_removed_and_added_rows_are_not_summed_nor_counted() -> None:
    rows = ["#BTRANS 7210 {} 999.00", "#RTRANS 7210 {} 5.00", "#TRANS 7210 {} 5.00", "#TRANS 1930 {} -5.00"]
    body = "\n".join(["#VER A 1 20230415", "{", *rows, "}"])
    read = _ledger(body).vouchers[0].rows
    assert [(row.position, row.amount_ore) for row in read] == [(1, 500), (2, -500)]


def test_labels_that_nobody_knows_and_empty_organisation_numbers_are_passed_over() -> None:
    ledger = _ledger('#ORGNR\n#ORGNR ""\n#PROSA "x"\n#NYTT {6 "P1"} 1\n#UNDERDIM 21 "Del" 6\n' + VOUCHER)
    assert (ledger.organisation_number, len(ledger.vouchers)) == ("", 1)


@pytest.mark.parametrize(
    ("encoding", "flagged"), [("cp437", None), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("latin-1", "iso-8859-1")]
)
def test_swedish_letters_are_read_and_a_wrong_encoding_is_flagged(encoding: str, flagged: str | None) -> None:
    ledger = _ledger(VOUCHER, encoding)
    assert (ledger.encoding, ledger.vouchers[0].text, ledger.accounts["7210"]) == (flagged, "Lön", "Löner")


def test_accounts_objects_years_and_names_are_read() -> None:
    ledger = _ledger(VOUCHER)
    assert ledger.company == "Testparken Norr (testdata)"
    assert ledger.dimensions == {"6": "Projekt"}
    assert ledger.objects == {("6", "P1"): "Säker digitalisering"}
    assert ledger.years == {0: (date(2023, 1, 1), date(2023, 12, 31))}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", 1),
        ("#VER A 1 20230415\n{\n}\n", 1),
        (HEAD + "#VER A 1 20230415\n{\n#TRANS 7210 {} 1.00\n#TRANS 1930 {} -0.99\n}\n", 6),
        (HEAD + "#VER A 1 20231315\n{\n}\n", 6),
        (HEAD + "#VER A 1 20230415\n#TRANS 7210 {} 1\n", 7),
        (HEAD + "#TRANS 7210 {} 1\n", 6),
        (HEAD + "#VER A 1 20230415\n{\n#TRANS 7210 {} 1,00\n}\n", 8),
        (HEAD + "#VER A 1 20230415\n{\n#TRANS 7210 1.00\n}\n", 8),
        (HEAD + "#VER A 1 20230415\n{\n#TRANS 7210 {6} 1.00\n}\n", 8),
        (HEAD + '#VER A 1 20230415\n{\n#TRANS 7210 {6 "P1} 1.00\n}\n', 8),
        (HEAD + '#VER A 1 20230415 "Lön\n{\n}\n', 6),
        (HEAD + "#VER A 1 20230415\n{\n", 7),
        (HEAD + "#VER A 1 20230415\n{\n#VER A 2 20230415\n", 8),
        (HEAD + "{\n", 6),
        (HEAD + "}\n", 6),
        (HEAD + "VER A 1\n", 6),
        (HEAD + VOUCHER + VOUCHER, 11),
        (HEAD.replace("#SIETYP 4", "#SIETYP 1"), 3),
        (HEAD + "#RAR x 20230101 20231231\n", 6),
        (HEAD + "#KONTO\n", 6),
    ],
)
def test_a_broken_file_is_refused_whole_with_line_and_reason(body: str, line: int) -> None:
    with pytest.raises(LedgerUnreadable) as refused:
        parse(body.encode())
    (problem,) = refused.value.problems
    assert (problem.rule, problem.pointer, refused.value.facts["line"]) == ("C4", f"/lines/{line}", line)
    assert problem.sv
    assert problem.en


def test_rows_of_one_project_object_and_period_are_taken_out() -> None:
    body = (
        VOUCHER
        + '#VER A 2 20230501 "Resa"\n{\n#TRANS 5810 {6 "P2"} 10\n'
        + '#TRANS 5810 {6 "P1"} 20 20230430\n#TRANS 1930 {} -30\n}\n'
        + '#VER A 3 20230901 "Konsult"\n{\n#TRANS 6550 {6 "P1"} 40\n#TRANS 1930 {} -40\n}\n'
    )
    data = (HEAD + PROJECT + body).encode("cp437")
    found = extract(
        data, chart=Chart.BAS, project_object="P1", incurred_from=date(2023, 4, 30), incurred_to=date(2023, 8, 31)
    )
    (row,) = found.rows
    assert row.voucher == VoucherKey(20230101, "A", "2", 2)
    assert (row.booked_on, row.incurred_on, row.amount_ore) == (date(2023, 5, 1), date(2023, 4, 30), 2000)
    assert row.placing.category is BudgetCategory.TRAVEL
    everything = extract(data, chart=Chart.BAS, project_object="P1", incurred_from=None, incurred_to=None)
    assert [found.voucher.number for found in everything.rows] == ["1", "2", "3"]
    assert everything.object_name == "Säker digitalisering"


def test_a_project_that_the_file_does_not_know_is_refused() -> None:
    with pytest.raises(LedgerHasNoSuchObject):
        extract(HEAD.encode(), chart=Chart.BAS, project_object="P9", incurred_from=None, incurred_to=None)


def test_a_voucher_without_a_number_cannot_be_claimed_by_the_project() -> None:
    body = HEAD + PROJECT + VOUCHER.replace("#VER A 1 ", '#VER A "" ')
    with pytest.raises(LedgerUnreadable):
        extract(body.encode("cp437"), chart=Chart.BAS, project_object="P1", incurred_from=None, incurred_to=None)


def test_the_fiscal_year_is_the_one_that_the_voucher_is_in() -> None:
    broken_year = HEAD.replace("20230101 20231231", "20230501 20240430") + "#RAR -1 20220501 20230430\n" + VOUCHER
    ledger = parse(broken_year.encode("cp437"))
    assert sie.fiscal_year(ledger, date(2023, 4, 30)) == 20220501
    assert sie.fiscal_year(ledger, date(2023, 5, 1)) == 20230501
    assert sie.fiscal_year(ledger, date(2022, 4, 30)) is None


def _extract(text: str) -> tuple[LedgerRow, ...]:
    data = text.encode("cp437")
    return extract(data, chart=Chart.BAS, project_object="P1", incurred_from=None, incurred_to=None).rows


def test_a_project_voucher_outside_every_fiscal_year_is_refused_with_its_line() -> None:
    assert _extract(HEAD + PROJECT + VOUCHER.replace("20230415", "20231231"))
    with pytest.raises(LedgerUnreadable) as refused:
        _extract(HEAD + PROJECT + VOUCHER.replace("20230415", "20240101"))
    assert refused.value.facts["line"] == 9
    other = VOUCHER.replace("20230415", "20240101").replace('6 "P1"', '6 "P2"')
    assert _extract(HEAD + PROJECT + other) == ()


def test_numbers_that_differ_in_leading_zeros_are_one_voucher() -> None:
    (row,) = _extract(HEAD + PROJECT + VOUCHER.replace("#VER A 1 ", '#VER " A" "001" '))
    assert row.voucher == VoucherKey(20230101, "A", "1", 1)
    with pytest.raises(LedgerUnreadable):
        _extract(HEAD + PROJECT + VOUCHER + VOUCHER.replace("#VER A 1 ", "#VER A 01 "))


@pytest.mark.parametrize("head", ['#VER A 1 20230415 "Lön" 20230416 "A.A" {', '#ver A 1 20230415 "Lön {"{'])
def test_a_voucher_may_begin_on_its_own_line(head: str) -> None:
    (row,) = _extract(HEAD + PROJECT + VOUCHER.replace('#VER A 1 20230415 "Lön"\n{', head))
    assert row.amount_ore == 10_000
    with pytest.raises(LedgerUnreadable):
        _extract(HEAD + PROJECT + VOUCHER.replace('"Lön"', '"Lön" {'))


@pytest.mark.parametrize(
    ("written", "readable"), [("19991231", False), ("20000101", True), ("21001231", True), ("21010101", False)]
)
def test_days_are_those_of_this_century(written: str, readable: bool) -> None:  # noqa: FBT001 - a table's column
    if readable:
        assert f"{sie.day(written, 1):%Y%m%d}" == written
    else:
        with pytest.raises(LedgerUnreadable):
            sie.day(written, 1)


@pytest.mark.parametrize(
    ("account", "treatment", "category"),
    [
        ("7009", Treatment.BY_HAND, None),
        ("7010", Treatment.CLAIMABLE, BudgetCategory.PERSONNEL),
        ("7299", Treatment.CLAIMABLE, BudgetCategory.PERSONNEL),
        ("7310", Treatment.BY_HAND, None),
        ("7331", Treatment.CLAIMABLE, BudgetCategory.TRAVEL),
        ("7510", Treatment.CLAIMABLE, BudgetCategory.PERSONNEL),
        ("6550", Treatment.CLAIMABLE, BudgetCategory.EXTERNAL_SERVICES),
        ("6560", Treatment.FLAT_RATE, None),
        ("6212", Treatment.FLAT_RATE, None),
        ("5410", Treatment.CLAIMABLE, BudgetCategory.INVESTMENTS),
        ("54101", Treatment.CLAIMABLE, BudgetCategory.INVESTMENTS),
        ("5411", Treatment.BY_HAND, None),
        ("3985", Treatment.FINANCING, None),
        ("3990", Treatment.INCOME, None),
        ("7610", Treatment.CLAIMABLE, BudgetCategory.EXTERNAL_SERVICES),
        ("²³", Treatment.BY_HAND, None),
    ],
)
def test_the_most_specific_row_of_the_chart_places_an_account(
    account: str, treatment: Treatment, category: BudgetCategory | None
) -> None:
    found = placing(Chart.BAS, account)
    assert (found.treatment, found.category) == (treatment, category)


PIECES = st.sampled_from(
    [
        *HEAD.splitlines(),
        *PROJECT.splitlines(),
        *VOUCHER.splitlines(),
        '#TRANS 1 {"',
        '"',
        "{}",
        "#VER",
        "#",
        "\\",
        "ö",
        "",
    ]
)


@given(st.lists(PIECES | st.text(max_size=20), max_size=25))
def test_whatever_comes_it_is_balanced_or_refused(lines: list[str]) -> None:
    _balanced_or_refused("\n".join(["#FLAGGA 0", *lines]).encode("utf-8", "ignore"))


@given(st.binary(max_size=300))
def test_any_bytes_are_balanced_or_refused(data: bytes) -> None:
    _balanced_or_refused(b"#FLAGGA 0\n" + data)


def _balanced_or_refused(data: bytes) -> None:
    with suppress(LedgerUnreadable):  # anything else that is raised fails the test
        assert all(sum(row.amount_ore for row in voucher.rows) == 0 for voucher in parse(data).vouchers)


words = st.text(st.sampled_from(string.ascii_letters + string.digits + 'åäöÅÄÖéü "{}#.,-/'), max_size=12)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(st.integers(-(10**9), 10**9), words, words), max_size=6), text=words)
def test_what_is_written_is_read_again(rows: list[tuple[int, str, str]], text: str) -> None:
    def quoted(word: str) -> str:
        return '"' + word.replace('"', '\\"') + '"'

    def written(ore: int) -> str:
        return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"

    balance = -sum(ore for ore, _, _ in rows)
    lines = [
        f'#TRANS 7210 {{6 {quoted(name)}}} {written(ore)} "" {quoted(words)}'
        for ore, name, words in [*rows, (balance, "", "")]
    ]
    body = "\n".join([f"#VER A 1 20230415 {quoted(text)}", "{", *lines, "}"])
    (voucher,) = parse((HEAD + body).encode("cp437")).vouchers
    assert [(row.amount_ore, row.objects[0][1], row.text) for row in voucher.rows] == [*rows, (balance, "", "")]
    assert voucher.text == text
