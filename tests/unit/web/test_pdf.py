"""Pages become PDF in processes of their own: bounded, without files or addresses, and the same bytes every time."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from shared import pdf
from shared.pdf import PAGE_BYTES_MAX, WORKERS_MAX, PageTooDemanding, TypesettersBusy, typeset

pytestmark = pytest.mark.asyncio

PAGE = '<html lang="sv-SE"><title>Titel</title><meta name="dcterms.created" content="2023-03-10T09:00:00Z">{}</html>'


@pytest.fixture
def new_workers() -> Iterator[None]:
    """End the workers that wait, before and after."""
    pdf._end_all()
    yield
    pdf._end_all()


@pytest.mark.usefixtures("new_workers")
async def test_two_processes_make_the_same_bytes_of_the_same_page() -> None:
    page = PAGE.format("<h1>Åtta</h1><p>a <b>b</b>")
    first = await typeset(page)
    pdf._end_all()
    assert await typeset(page) == first
    assert first.startswith(b"%PDF-1.7")


async def test_a_page_that_is_too_long_is_not_even_tried() -> None:
    room = PAGE_BYTES_MAX - len(PAGE.format(""))
    with pytest.raises(PageTooDemanding):
        await typeset(PAGE.format("x" * (room + 1)))
    assert await typeset(PAGE.format(f"<!--{'x' * (room - 7)}-->"))


@pytest.mark.usefixtures("new_workers")
async def test_a_page_that_takes_too_long_ends_its_worker_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await typeset(PAGE.format("<p>a"))
    monkeypatch.setattr(pdf, "SECONDS_MAX", 1)
    with pytest.raises(PageTooDemanding):
        await typeset(PAGE.format("<table>" + "<tr><td>x" * 100_000))
    monkeypatch.undo()
    assert await typeset(PAGE.format("<p>a"))


async def test_more_pages_at_once_than_there_are_workers_are_told_to_come_again() -> None:
    asked = [typeset(PAGE.format(f"<p>{number}")) for number in range(WORKERS_MAX + 1)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [bytes] * WORKERS_MAX + [TypesettersBusy]
    assert TypesettersBusy.status == 503
    assert TypesettersBusy.retry_after_s


async def test_who_goes_away_keeps_no_worker() -> None:
    task = asyncio.create_task(typeset(PAGE.format("<p>a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        while pdf._busy:
            await asyncio.to_thread(int)
    assert await typeset(PAGE.format("<p>a"))


async def test_a_page_reaches_no_file_and_no_address(tmp_path: Path) -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.close()

    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    style = tmp_path / "style.css"
    style.write_text('p::after { content: "CANARY" }')
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        parts = [
            f'<link rel="stylesheet" href="{address}/a.css"><link rel="stylesheet" href="{style.as_uri()}">',
            f'<link rel="attachment" href="{secret.as_uri()}"><a rel="attachment" href="{secret.as_uri()}">b</a>',
            f'<img src="{address}/c.png" alt="c"><img src="{secret.as_uri()}" alt="d">',
            f'<object data="{secret.as_uri()}"></object><img src="data:text/plain,CANARY" alt="e">',
            f"<style>@import url({address}/e.css); @font-face {{ font-family: f; src: url({address}/f.ttf) }}</style>",
            '<p style="font-family: f">text',
        ]
        made = await typeset(PAGE.format("".join(parts)))
    reader = PdfReader(BytesIO(made))
    assert asked == []
    assert b"CANARY" not in made
    assert "CANARY" not in reader.pages[0].extract_text()
    assert list(reader.attachments) == []
