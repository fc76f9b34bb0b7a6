"""Parsers for tests of parsing in a child: a good one, and one for each way to misbehave."""

import os
import tempfile
from datetime import date
from typing import NamedTuple

from shared.kernel.refusals import Problem, Refusal


class Row(NamedTuple):
    """A row of a made-up file."""

    line: int
    text: str
    on: date


class Unreadable(Refusal):
    """A made-up file is wrong."""

    rule = "C99"
    status = 422
    sv = "Rad {line}."
    en = "Line {line}."


def parse(data: bytes, *, on: date) -> tuple[Row, ...]:
    """Read lines; refuse one that says so."""
    lines = data.decode().splitlines()
    for number, text in enumerate(lines, start=1):
        if text == "broken":
            raise Unreadable(Problem("C99", f"/lines/{number}", "Trasig.", "Broken."), line=number)
    return tuple(Row(number, text, on) for number, text in enumerate(lines, start=1))


def eat_memory(data: bytes) -> int:
    """Take 300 MB for a kilobyte."""
    return len(data * 300_000)


def take_for_ever(data: bytes) -> int:
    """Never end."""
    while data:
        pass
    return 0


def recurse(data: bytes) -> int:
    """Call itself without end."""
    return recurse(data) + 1


def have_a_bug(data: bytes) -> int:
    """Fail in a way that nobody has thought of, quoting the file."""
    raise KeyError(data)


def write_a_file(data: bytes) -> int:
    """Try to write to the disk."""
    with tempfile.TemporaryFile(buffering=0) as file:
        return file.write(data)


def tell_the_environment(data: bytes) -> list[str]:
    """Return the names of what the environment gives away."""
    del data
    return sorted(os.environ)  # noqa: TID251 - what a taken-over parser would look for
