"""A21: a filled-in template becomes a budget, and every mistake is told at its cell, with its rule and what to do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.application.schemas.budget_file import (
    parse,
)
from services.applications.application.schemas.budget_import import BudgetImport, interpret
from services.applications.application.schemas.budget_layout import BUDGET, FINANCING, Cell, categories_of
from services.applications.application.schemas.budget_words import Fault, amount_ore
from services.applications.application.schemas.budget_workbook import template
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory
from shared.kernel.refusals import Severity
from tests.unit.applications.examples import KRONA, NOON, a_call, budget, the_call
from tests.unit.applications.workbooks import CO_FUNDERS, ITEMS, filled, part_of, values

SHEET_1 = "xl/worksheets/sheet1.xml"


def read(content: bytes) -> BudgetImport:
    return interpret(parse(content), the_call(), now=NOON)


def at(imported: BudgetImport) -> list[tuple[str, str, str]]:
    return [(one.sheet, one.cell, one.rule) for one in imported.problems]


def test_a_filled_in_template_becomes_a_budget() -> None:
    imported = read(filled())
    assert imported.accepted
    assert imported.problems == ()
    assert [(item.category, item.amount_ore) for item in imported.budget] == [
        (item.category, item.amount_ore) for item in budget()
    ]
    assert imported.amount_applied_ore == 800_000 * KRONA
    (own,) = imported.co_funding
    assert (own.source, own.amount_ore, own.organisation_number) == (FundingSource.OWN, 80_000_000, "559999-0016")


def test_the_template_has_the_calls_categories_and_no_formula() -> None:
    content = template(the_call())
    assert values(content, BUDGET)[0][:2] == ["Budgetmall", "version 1"]
    assert values(content, BUDGET)[1][1] == the_call().id
    assert values(content, BUDGET)[3][0] == "Schablon räknas ut åt er: 15 % av Personal. Raden kan utelämnas."
    assert "lönebikostnader på 42 % av lönen" in str(values(content, BUDGET)[2][0])
    grids = parse(content)
    assert [grid.formulas for grid in grids] == [(), ()]
    for name in categories_of(the_call()):
        assert name.encode() in part_of(content, SHEET_1)


def test_the_empty_template_is_read_as_a_template_with_nothing_in_it() -> None:
    assert at(read(template(the_call()))) == [(FINANCING, "B5", "A21")]


def test_the_flat_rate_may_be_left_out_and_is_computed() -> None:
    imported = read(filled(items=(ITEMS[0], ITEMS[2])))
    assert imported.flat_rate_added
    assert imported.accepted
    assert imported.budget[-1].category is BudgetCategory.FLAT_RATE
    assert imported.budget[-1].amount_ore == 150_000 * KRONA


def test_a_flat_rate_that_is_not_as_computed_is_told_at_its_own_cell() -> None:
    imported = read(filled(items=(ITEMS[0], ("Schablon", "", 150_000.01), ITEMS[2]), support=700_000))
    assert (BUDGET, "C8", "A11") in at(imported)
    assert not imported.accepted


@pytest.mark.parametrize(
    "written",
    [
        450_000,
        450_000.0,
        "450000,-",
        "450 000",
        "450\N{NO-BREAK SPACE}000",
        "450\N{NARROW NO-BREAK SPACE}000 kr",
        " 450 000,00 ",
        "450000.00",
        "450000:-",
        "450 000 SEK",
    ],
    ids=repr,
)
def test_an_amount_is_a_number_or_text_that_can_be_meant_in_one_way_only(written: Cell) -> None:
    assert amount_ore(written) == 450_000 * KRONA
    assert read(filled(items=(*ITEMS[:2], ("Externa tjänster", "Experter", written)))).accepted


@pytest.mark.parametrize(
    "written",
    [
        "450.000",
        "450,000",
        "450,000.00",
        "4 50 000",
        "450000 euro",
        "många",
        "−450000",
        "-1",
        -1,
        0,
        True,
        None,
        "４５００００",
        "٤٥٠",
        "1e6",
        "#DIV/0!",
        0.001,
        1.005,
        "1,234",
        1e300,
        10**18,
    ],
    ids=repr,
)
def test_an_amount_that_could_be_something_else_is_a_fault_with_a_fix(written: Cell) -> None:
    fault = amount_ore(written)
    assert isinstance(fault, Fault)
    assert all(fault)


@given(st.integers(min_value=1, max_value=10**13))
def test_every_amount_survives_its_way_through_text_and_numbers(ore: int) -> None:
    kronor = Decimal(ore) / 100
    assert amount_ore(f"{kronor:,.2f}".replace(",", " ").replace(".", ",")) == ore
    assert amount_ore(float(kronor)) == ore


def test_every_wrong_cell_is_told_at_once() -> None:
    imported = read(
        filled(
            items=(("Kaffe", "x" * 201, "mycket", "kanske"), ITEMS[1]),
            co_funders=(("Släkten", "Guld", "y" * 201, None, None, 0),),
            support="",
        )
    )
    assert at(imported) == [
        (BUDGET, "A7", "A21"),
        (BUDGET, "B7", "A21"),
        (BUDGET, "C7", "A21"),
        (BUDGET, "D7", "A21"),
        (FINANCING, "B5", "A21"),
        (FINANCING, "A7", "A21"),
        (FINANCING, "B7", "A21"),
        (FINANCING, "C7", "A21"),
        (FINANCING, "F7", "A21"),
    ]
    assert "Personal" in imported.problems[0].fix_sv


def test_the_rules_about_money_are_told_at_the_cells_they_are_about() -> None:
    public = ("Extern offentlig", "Natura", "", "123", "", 100_000)
    imported = read(filled(co_funders=(*CO_FUNDERS, public), support=800_000.01))
    assert [(one.cell, one.rule, one.severity) for one in imported.problems] == [
        ("C8", "A5", Severity.ERROR),
        ("E8", "A5", Severity.ERROR),
        ("D8", "A5", Severity.ERROR),
        ("B8", "A5", Severity.WARNING),
        ("B5", "A5", Severity.ERROR),
        ("F6", "A5", Severity.WARNING),
    ]


def test_an_investment_above_its_warning_is_accepted_with_the_warning_at_its_cell() -> None:
    items = (*ITEMS[:2], ("Externa tjänster", "", 420_000), ("Investeringar", "Verktyg", 30_000))
    imported = read(filled(items=items))
    assert imported.accepted
    assert [(one.cell, one.severity) for one in imported.problems] == [("C10", Severity.WARNING)]


def test_a_line_is_tagged_as_staff_training() -> None:
    for written, meant in (("ja", True), ("JA ", True), (True, True), ("nej", False), (None, False)):
        (item,) = read(filled(items=(("Externa tjänster", "Kurs", 1_600_000, written),))).budget
        assert item.staff_training is meant


def test_empty_rows_between_and_after_are_skipped() -> None:
    blank = (None, " ", "\N{NO-BREAK SPACE}", None)
    imported = read(filled(items=(blank, ITEMS[0], blank, blank, *ITEMS[1:], blank)))
    assert imported.accepted
    assert len(imported.budget) == 3


def test_a_number_where_a_text_is_expected_is_its_digits() -> None:
    imported = read(filled(co_funders=(("egen  organisation", "KONTANT", 2023, 5_599_990_016, None, 800_000),)))
    assert imported.accepted
    assert (imported.co_funding[0].financier, imported.co_funding[0].organisation_number) == ("2023", "5599990016")


@pytest.mark.parametrize(
    ("content", "cell"),
    [
        (filled(cells={"A1": "Något annat"}), "A1"),
        (filled(cells={"B1": "version 2"}), "A1"),
        (filled(cells={"B2": "another-call"}), "B2"),
        (filled(cells={"C6": "Summa"}), "C6"),
    ],
    ids=["mark", "version", "call", "heading"],
)
def test_what_is_not_the_template_is_told_at_its_cell_and_not_read(content: bytes, cell: str) -> None:
    imported = read(content)
    assert at(imported) == [(BUDGET, cell, "A21")]
    assert imported.budget == ()
    assert len(imported.co_funding) == 1


@pytest.mark.parametrize(
    ("content", "cell"),
    [(filled(formulas={"C7": "=500000*2"}), "C7"), (filled(merged=["A7:B7"]), "A7")],
    ids=["formula", "merged"],
)
def test_a_row_with_a_formula_or_merged_cells_is_told_and_left_out(content: bytes, cell: str) -> None:
    imported = read(content)
    assert at(imported) == [(BUDGET, cell, "A21")]
    assert [item.text for item in imported.budget] == ["15 %", "Experter"]


def test_a_formula_far_away_is_told_too() -> None:
    assert at(read(filled(formulas={"AB400": "=1"}))) == [(BUDGET, "AB400", "A21")]


def test_a_missing_sheet_is_told() -> None:
    assert at(read(filled(sheets=("Blad1", FINANCING)))) == [(BUDGET, "A1", "A21")]
    assert at(read(filled(sheets=("Blad1", "Blad2")))) == [(BUDGET, "A1", "A21"), (FINANCING, "A1", "A21")]


def test_the_number_of_rows_has_a_limit() -> None:
    def lines(number: int) -> bytes:
        return filled(items=[("Externa tjänster", "Del", 1_600_000 / number)] * number)

    assert read(lines(200)).accepted
    assert at(read(lines(201)))[0] == (BUDGET, "A207", "A21")
    assert at(read(filled(items=[("Externa tjänster", "Del", 160)] * 10_000)))[0] == (BUDGET, "A207", "A21")


def test_a_call_without_a_flat_rate_has_none_computed() -> None:
    call = a_call(budget_lines=[line for line in the_call().budget_lines if line.flat_rate is None])
    imported = interpret(parse(filled(items=(("Personal", "Allt", 1_600_000),))), call, now=NOON)
    assert imported.accepted
    assert not imported.flat_rate_added
    assert values(template(call), BUDGET)[3] == ["", "", "", ""]
