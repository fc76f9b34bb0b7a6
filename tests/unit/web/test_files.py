"""A file is parsed in a process of its own: a good one comes back as a value, a hostile one as a refusal."""

import asyncio
import socket
from datetime import date

import psutil
import pytest

from shared.files import START_SECONDS_MAX, FileTooDemanding, ParserFailedError, ReadersBusy, parse_limited
from shared.kernel.refusals import Problem
from tests.unit.web.parsers import (
    Row,
    Unreadable,
    eat_memory,
    have_a_bug,
    parse,
    recurse,
    take_for_ever,
    tell_the_environment,
    write_a_file,
)

pytestmark = pytest.mark.asyncio


async def test_a_good_file_comes_back_as_what_the_parser_returns() -> None:
    found = await parse_limited(parse, "a\nå".encode(), on=date(2023, 3, 1))
    assert found == (Row(1, "a", date(2023, 3, 1)), Row(2, "å", date(2023, 3, 1)))
    assert isinstance(found[0], Row)


async def test_a_refusal_comes_back_with_line_and_reason() -> None:
    with pytest.raises(Unreadable) as caught:
        await parse_limited(parse, b"a\nbroken", on=date(2023, 3, 1))
    assert caught.value.problems == (Problem("C99", "/lines/2", "Trasig.", "Broken."),)
    assert caught.value.detail_sv == "Rad 2."


async def test_memory_is_limited() -> None:
    with pytest.raises(FileTooDemanding):
        await parse_limited(eat_memory, b"x" * 1_000, memory_mb=250)
    assert await parse_limited(eat_memory, b"x" * 1_000, memory_mb=350) == 300_000_000


async def test_time_is_limited() -> None:
    started = asyncio.get_running_loop().time()
    with pytest.raises(FileTooDemanding):
        await parse_limited(take_for_ever, b"x", seconds=1)
    assert asyncio.get_running_loop().time() - started < START_SECONDS_MAX, "only the last resort ended it"


async def test_depth_is_limited() -> None:
    with pytest.raises(FileTooDemanding):
        await parse_limited(recurse, b"x")


async def test_a_bug_is_a_fault_of_ours_and_does_not_quote_the_file() -> None:
    with pytest.raises(ParserFailedError) as caught:
        await parse_limited(have_a_bug, b"canary-31")
    assert "KeyError" in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_a_parser_cannot_write_to_the_disk() -> None:
    with pytest.raises((FileTooDemanding, ParserFailedError)):
        await parse_limited(write_a_file, b"x" * 10)


async def test_a_parser_sees_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSEN_CLAIMS_KEY", "canary-32")
    assert set(await parse_limited(tell_the_environment, b"")) <= {"PYTHONPATH", "LANG", "LC_CTYPE"}


async def test_a_cancelled_reader_leaves_no_process_and_gives_its_place_back() -> None:
    for wait_s in (0.0, 0.0, 0.05, 0.2):
        task = asyncio.create_task(parse_limited(take_for_ever, b"x", seconds=20))
        await asyncio.wait([task], timeout=wait_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await parse_limited(parse, b"", on=date(2023, 3, 1)) == ()
    assert [child for child in psutil.Process().children() if "answer_one" in " ".join(child.cmdline())] == []


async def test_only_so_many_are_read_at_once() -> None:
    tasks = [asyncio.create_task(parse_limited(parse, b"a", on=date(2023, 3, 1))) for _ in range(4)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [tuple, tuple, tuple, ReadersBusy]


async def test_the_rest_of_the_process_goes_on_while_a_file_is_read() -> None:
    reading = asyncio.create_task(parse_limited(parse, b"a", on=date(2023, 3, 1)))
    left, right = socket.socketpair()
    left.setblocking(False)  # noqa: FBT003 - the socket's own
    right.send(b"x")
    assert await asyncio.get_running_loop().sock_recv(left, 1) == b"x"
    assert not reading.done()
    await reading
    left.close()
    right.close()
