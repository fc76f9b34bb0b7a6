"""Sends load with wrk: 64 connections, one POST per project in turn, each with an idempotency key of its own."""

import asyncio
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCRIPT: Final = """
local paths, counter, thread_id = {}, 0, 0
local threads = 0
function setup(thread) threads = threads + 1; thread:set("thread_id", threads) end
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  token = args[2]
  body = args[3]
  run = args[4]
end
function request()
  counter = counter + 1
  local path = paths[(counter * 7 + thread_id * 13) % #paths + 1]
  return wrk.format("POST", path, {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. token,
    ["Idempotency-Key"] = run .. "-" .. thread_id .. "-" .. counter,
  }, body)
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


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk measured: answers per second, answers that were errors, latency in milliseconds."""

    per_second: float
    errors: int
    p50_ms: float
    p99_ms: float


def _written(folder: Path, paths: list[str]) -> tuple[Path, Path]:
    script, listing = folder / "post.lua", folder / "paths"
    script.write_text(SCRIPT)
    listing.write_text("\n".join(paths) + "\n")
    return script, listing


async def post(
    address: str, paths: list[str], body: dict[str, object], *, token: str, run: str, seconds: int = 8
) -> Load:
    """Send `body` to `paths` of `address` in turn over 64 connections. Raises RuntimeError without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script, listing = _written(Path(folder), paths)
        command = [wrk, "-t1", "-c64", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), address]
        arguments = ["--", str(listing), token or "none", json.dumps(body), run]
        process = await asyncio.create_subprocess_exec(
            *command, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output = (await process.communicate())[0].decode()
    found = re.search(r"^RESULT (.*)$", output, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said: {output}")
    measured = json.loads(found.group(1))
    return Load(
        per_second=(measured["requests"] - measured["errors"]) / measured["seconds"],
        errors=measured["errors"],
        p50_ms=measured["p50_ms"],
        p99_ms=measured["p99_ms"],
    )
