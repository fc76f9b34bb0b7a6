"""The operator's commands, run in this process."""

import structlog
from typer.testing import CliRunner, Result

from deploy.cli import app


def invoked(*arguments: str) -> Result:
    """Run `lotsen …` and return what it said; its log goes nowhere afterwards, because its standard error is closed."""
    try:
        return CliRunner().invoke(app, list(arguments))
    finally:
        structlog.reset_defaults()
