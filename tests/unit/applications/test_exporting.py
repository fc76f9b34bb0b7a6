"""Lists as files: what is in them, that nothing in them is a formula, and who finds what."""

import csv
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from services.applications.application.domain import Heading
from services.applications.application.schemas.exporting import COLUMNS, Listed, as_csv, as_xlsx
from tests.unit.applications.examples import assessed, granted_in_full
from tests.unit.applications.rows import row_of

NAMES = [name for name, _ in COLUMNS]


def listed(applicant: str = "Exempel Science Park AB") -> list[Listed]:
    granted, prepared = row_of(*granted_in_full()), row_of(*assessed())
    return [Listed(granted, Heading("Säker data; i produktionen", applicant)), Listed(prepared, None)]


def test_a_csv_has_a_row_for_each_application_with_kronor_and_points() -> None:
    header, first, second = csv.reader(StringIO(as_csv(listed()).decode()))
    found = dict(zip(header, first, strict=True))
    assert header == NAMES
    assert (found["Projekt"], found["Läge"], found["Sökt stöd, kr"]) == (
        "Säker data; i produktionen",
        "granted",
        "800000.0",
    )
    assert (found["Ärendenummer"], found["Poäng"], found["Beviljat stöd, kr"]) == ("20230001", "4.0", "800000.0")
    assert dict(zip(header, second, strict=True))["Sökande"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+46", "-x", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    _, first, _ = csv.reader(StringIO(as_csv(listed(text)).decode()))
    assert first[NAMES.index("Sökande")] == f"'{text}"
    sheet = CalamineWorkbook.from_filelike(BytesIO(as_xlsx(listed(text)))).get_sheet_by_index(0).to_python()
    assert sheet[1][NAMES.index("Sökande")] == text


def test_a_workbook_says_the_same_in_numbers_that_can_be_summed() -> None:
    sheet = CalamineWorkbook.from_filelike(BytesIO(as_xlsx(listed()))).get_sheet_by_index(0).to_python()
    assert sheet[0] == NAMES
    assert [row[NAMES.index("Sökt stöd, kr")] for row in sheet[1:]] == [800_000, 800_000]
    assert sheet[2][NAMES.index("Beviljat stöd, kr")] == 0


def test_a_list_without_applications_has_its_heading() -> None:
    assert as_csv([]).decode().splitlines() == [",".join(f'"{name}"' if "," in name else name for name in NAMES)]
    assert CalamineWorkbook.from_filelike(BytesIO(as_xlsx([]))).get_sheet_by_index(0).to_python() == [NAMES]
