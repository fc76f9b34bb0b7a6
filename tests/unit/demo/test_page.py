"""The demo reads the page as a person does: a row counts only when its cells are all there, side by side."""

from deploy.demo.page import is_on, rows_of

PAGE = """
<table><thead><tr><th scope="col">Kostnadsslag</th><th>Sökt</th><th>Beviljat</th></tr></thead>
<tr><th scope="row">Personal</th><td class="num">1&nbsp;200&nbsp;000&nbsp;kr</td><td> 0&nbsp;kr </td></tr></table>
<p>0 kr är kvar</p>
"""


def test_a_row_is_read_with_its_label_and_plain_spaces() -> None:
    assert ("Personal", "1 200 000 kr", "0 kr") in rows_of(PAGE)


def test_a_row_is_on_the_page_when_its_cells_stand_side_by_side() -> None:
    assert is_on(rows_of(PAGE), ("Personal", "1 200 000 kr"))
    assert is_on(rows_of(PAGE), ("1 200 000 kr", "0 kr"))


def test_another_figure_another_label_or_text_outside_a_table_is_not() -> None:
    assert not is_on(rows_of(PAGE), ("Personal", "200 000 kr"))
    assert not is_on(rows_of(PAGE), ("Schablon", "1 200 000 kr"))
    assert not is_on(rows_of(PAGE), ("Personal", "0 kr"))
    assert not is_on(rows_of(PAGE), ("0 kr är kvar",))
