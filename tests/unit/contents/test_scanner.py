"""The scanner against a daemon that speaks ClamAV's protocol: what is no clear answer lets nothing through."""

import pytest

from shared.contents.scanner import ClamdScanner, ScannerUnavailable, scanner_at
from tests.unit.applications.clamd import HARMFUL, a_clamd

pytestmark = pytest.mark.asyncio


async def test_what_is_clean_is_told_from_what_is_not() -> None:
    async with a_clamd() as clamd:
        scanner = ClamdScanner(clamd.address)
        assert not await scanner.is_harmful(b"clean" * 1_000)
        assert await scanner.is_harmful(b"x" + HARMFUL)
        assert clamd.seen == [b"clean" * 1_000, b"x" + HARMFUL]


@pytest.mark.parametrize(
    "answer", [b"", b"stream: size limit exceeded ERROR\n", b"INSTREAM size limit exceeded. ERROR\n", b"nonsense\n"]
)
async def test_whatever_else_is_answered_is_no_answer(answer: bytes) -> None:
    async with a_clamd() as clamd:
        clamd.answer = answer
        with pytest.raises(ScannerUnavailable):
            await ClamdScanner(clamd.address).is_harmful(b"clean")


async def test_a_scanner_that_is_away_lets_nothing_through(unused_tcp_port: int) -> None:
    with pytest.raises(ScannerUnavailable):
        await ClamdScanner(f"127.0.0.1:{unused_tcp_port}").is_harmful(b"clean")


async def test_without_an_address_there_is_no_scanner() -> None:
    assert scanner_at(None) is None
