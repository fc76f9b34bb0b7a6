"""Sends load with wrk over 64 connections: one POST per address in turn, each with an idempotency key of its own."""

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 64
SCRIPT: Final = """
local paths, counter, answered = {}, 0, 0
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  token, body, run = args[2], args[3], args[4]
  once = args[5] == "once"
end
function request()
  counter = counter + 1
  if once and counter > #paths then return wrk.format("GET", "/health/live") end
  return wrk.format("POST", paths[(counter - 1) % #paths + 1], {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. token,
    ["Idempotency-Key"] = run .. "-" .. counter,
  }, (body:gsub("COUNT", counter)))
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %f, "errors": %d, "p50_ms": %f, "p99_ms": %f}\\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""
STOP_WHEN_ALL_ARE_ANSWERED: Final = """
local ffi = require("ffi")
ffi.cdef("int kill(int pid, int signal); int getpid(void);")
function response()
  answered = answered + 1
  if answered == #paths then ffi.C.kill(ffi.C.getpid(), 2) end
end
"""
"""wrk ends in good order by SIGINT only; each answer costs it more time where this function is, so not always."""


class LoadFailedError(RuntimeError):
    """The load could not be sent, or what came back were errors."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk measured: answers, how many each second, latency in milliseconds."""

    answers: int
    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Requests:
    """What is sent: to `paths` in turn, with `body`, in which COUNT becomes the request's number.

    `run` begins every idempotency key. `once`: each path exactly once, however long that takes.
    """

    paths: Sequence[str]
    body: Mapping[str, object]
    run: str
    token: str = "none"
    once: bool = False


async def post(address: str, requests: Requests, *, seconds: float) -> Load:
    """Send for `seconds`. Raises LoadFailedError, also when any answer was an error: a refusal is quick."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise LoadFailedError("wrk is missing: make bench installs it, or apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script, listing = Path(folder) / "post.lua", Path(folder) / "paths"
        script.write_text(SCRIPT + (STOP_WHEN_ALL_ARE_ANSWERED if requests.once else ""), encoding="utf-8")
        listing.write_text("\n".join(requests.paths) + "\n", encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", str(script), address),
            *("--", str(listing), requests.token, json.dumps(requests.body), requests.run),
            "once" if requests.once else "again",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode()
    return _load(output)


def _load(output: str) -> Load:
    found = re.search(r"^RESULT (.*)$", output, re.MULTILINE)
    if found is None:
        raise LoadFailedError(f"wrk said: {output}")
    measured = json.loads(found.group(1))
    if measured["errors"]:
        raise LoadFailedError(f"{measured['errors']} of {measured['requests']} answers were errors")
    return Load(
        answers=measured["requests"],
        per_second=measured["requests"] / measured["seconds"],
        p50_ms=measured["p50_ms"],
        p99_ms=measured["p99_ms"],
    )
