"""Programs that are run to their end while a part is prepared: formatting, resolving, asking for a version."""

import asyncio
import os
import signal
import tempfile
from contextlib import suppress

from deploy.local.child import Command, spawn
from deploy.local.failures import StartFailedError


async def run_once(command: Command, *, timeout_s: float) -> str:
    """Run `command` to its end and return what it wrote (both streams).

    Raises:
        StartFailedError: it took longer than `timeout_s` seconds, or ended with a code other than 0.
    """
    code, output = await run_any(command, timeout_s=timeout_s)
    if code is None:
        raise StartFailedError(command.name, f"did not end within {timeout_s:.0f} s", "its output", output)
    if code != 0:
        raise StartFailedError(command.name, f"ended with code {code}", "its output", output)
    return output


async def run_any(command: Command, *, timeout_s: float) -> tuple[int | None, str]:
    """Run `command`; return its code (None: it was ended after `timeout_s` seconds) and what it wrote."""
    with tempfile.TemporaryFile() as log:
        process = await spawn(command, log)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), timeout_s)
            code = process.returncode
        finally:  # also when we are cancelled
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        log.seek(0)
        return code, log.read().decode(errors="replace").strip()
