"""Structured logs: one JSON object a line, the same for our own events and for those of libraries."""

import logging
import logging.config
import sys
from typing import Any, Final, TextIO

import structlog

_QUIET: Final = ("aiokafka", "asyncio", "httpcore2", "httpx2", "motor", "pymongo", "uvicorn.access")
"""Libraries that would log each request or heartbeat, sometimes with its content: warnings and worse only."""

# Without the values of local variables: they hold what people sent.
_FRAMES: Final = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
)


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (standard error) as JSON lines. May be called again."""
    target = stream if stream is not None else sys.stderr
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *common,
            _FRAMES,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*common, structlog.stdlib.add_logger_name],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _FRAMES,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json", "stream": target}},
            "root": {"handlers": ["out"], "level": level.upper()},
            "loggers": {
                **{name: {"level": "WARNING"} for name in _QUIET},
                **{name: {"handlers": [], "propagate": True} for name in ("uvicorn", "uvicorn.error")},
            },
        }
    )
