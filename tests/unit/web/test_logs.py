"""Logs are JSON lines, from us and from libraries alike, and hold no values of variables."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.logs import configure_logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What has been logged at level info."""
    found = io.StringIO()
    configure_logs("info", found)
    yield found
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_events_are_json_with_time_and_level(stream: io.StringIO) -> None:
    structlog.get_logger().info("thing_happened", stream="application/1", text="å")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["stream"], line["text"]) == (
        "thing_happened",
        "info",
        "application/1",
        "å",
    )
    assert line["timestamp"].endswith("Z")
    assert "å" in stream.getvalue()


def test_libraries_write_the_same_kind_of_line(stream: io.StringIO) -> None:
    logging.getLogger("a.library").warning("something %s", "odd")  # noqa: TID251 - a library's own way to log
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("something odd", "warning", "a.library")


def test_chatty_libraries_are_heard_when_it_matters_only(stream: io.StringIO) -> None:
    for name in ("httpx2", "uvicorn.access", "pymongo.command"):
        logging.getLogger(name).info("canary-61")  # noqa: TID251 - a library's own way to log
    logging.getLogger("pymongo.command").warning("trouble")  # noqa: TID251 - a library's own way to log
    assert [line["event"] for line in lines(stream)] == ["trouble"]


def test_a_logged_exception_shows_where_and_never_what_was_in_its_variables(stream: io.StringIO) -> None:
    secret = "canary-" + "62"
    try:
        _ = 1 // (len(secret) - 9)
    except ZeroDivisionError:
        structlog.get_logger().exception("thing_failed")
        logging.getLogger("a.library").exception("failed")  # noqa: TID251 - a library's own way to log
    ours, theirs = lines(stream)
    for line in (ours, theirs):
        assert line["exception"][0]["exc_type"] == "ZeroDivisionError"
        assert line["exception"][0]["frames"][0]["name"].startswith("test_a_logged_exception")
    assert "canary-62" not in stream.getvalue()


def test_the_level_is_a_setting() -> None:
    found = io.StringIO()
    configure_logs("warning", found)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    structlog.reset_defaults()
    assert [line["event"] for line in lines(found)] == ["loud"]
