"""Parses files that people send, in a process of its own with little memory and time: no file harms anybody else."""

import asyncio
import json
import math
import os
import resource
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from shared.kernel.refusals import Problem, Refusal

T = TypeVar("T")

MEMORY_MB: Final = 256
SECONDS: Final = 10
START_SECONDS_MAX: Final = 20
ANSWER_BYTES_MAX: Final = 32_000_000
PARSERS_MAX: Final = 3
_TOO_DEMANDING: Final = 75
"""How the child says that its limits were too narrow, when they did not simply end it."""

_running = 0


class FileTooDemanding(Refusal):
    """Reading the file took more memory or time than one file may take."""

    status = 422
    sv = "Filen är för stor eller för invecklad för att läsas."
    en = "The file is too large or too complicated to be read."


class ReadersBusy(Refusal):
    """As many files as this process reads at once are being read."""

    status = 503
    retry_after_s = 2
    sv = "Många filer läses in just nu. Försök igen om en stund."
    en = "Many files are being read just now. Try again in a moment."


class ParserFailedError(Exception):
    """The parser has a bug: it ended without an answer. Its message would quote the file and is left out."""


async def parse_limited(
    parser: Callable[..., T],
    data: bytes,
    *,
    memory_mb: int = MEMORY_MB,
    seconds: int = SECONDS,
    **arguments: object,
) -> T:
    """Return `parser(data, **arguments)`, computed in a child with at most `memory_mb` more than Python itself takes.

    `parser` is a pure function at the top of its module with annotated parameters and result; both go through JSON,
    never pickle, so that a child that has been taken over can only answer with a value of the right type. `seconds`
    is processor time. A Refusal that the parser raises is raised here.
    Raises FileTooDemanding (422), ReadersBusy (503), ParserFailedError.
    """
    global _running  # noqa: PLW0603 - one count for the process, which is what the machine has memory for
    if _running >= PARSERS_MAX:
        raise ReadersBusy
    _running += 1
    try:
        answer = await _ask_child(_request(parser, arguments, memory_mb, seconds), data, seconds)
    finally:
        _running -= 1
    return _read_answer(parser, answer)


def _request(parser: Callable[..., Any], arguments: dict[str, object], memory_mb: int, seconds: int) -> bytes:
    parameters = signature(parser, eval_str=True).parameters
    values = {
        name: TypeAdapter(parameters[name].annotation).dump_python(value, mode="json")
        for name, value in arguments.items()
    }
    order = {
        "module": parser.__module__,
        "function": parser.__qualname__,
        "memory_mb": memory_mb,
        "seconds": seconds,
        "arguments": values,
    }
    return json.dumps(order).encode() + b"\n"


async def _ask_child(order: bytes, data: bytes, seconds: int) -> bytes:
    """Run one child to its end. It gets no settings and no secrets: its environment is only where modules are."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-B",
        "-s",
        "-c",
        "from shared.files import answer_one; answer_one()",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS_MAX + seconds):
            answer, _ = await asyncio.gather(_bounded(child.stdout), _write(child.stdin, order + data))
            status = await child.wait()
    except TimeoutError:
        raise FileTooDemanding from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if status < 0 or status == _TOO_DEMANDING:
        raise FileTooDemanding
    return answer


async def _write(stdin: asyncio.StreamWriter, content: bytes) -> None:
    try:
        stdin.write(content)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()
    except (BrokenPipeError, ConnectionResetError):
        return  # the child has ended; its answer or status says why


async def _bounded(stdout: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while part := await stdout.read(65_536):
        found += part
        if len(found) > ANSWER_BYTES_MAX:
            raise FileTooDemanding
    return bytes(found)


def _read_answer(parser: Callable[..., T], answer: bytes) -> T:
    try:
        document = json.loads(answer)
    except ValueError:
        raise ParserFailedError(parser.__qualname__) from None
    if "refusal" in document:
        raise _refusal(document["refusal"])
    if "value" not in document:
        raise ParserFailedError(f"{parser.__qualname__}: {document.get('failed')}")
    adapter: TypeAdapter[T] = TypeAdapter(signature(parser, eval_str=True).return_annotation)
    return adapter.validate_json(json.dumps(document["value"]))


def _refusal(found: dict[str, Any]) -> Refusal:
    """Raise only what is a refusal here already: the child cannot make this process import anything."""
    for kind in _descendants(Refusal):
        if [kind.__module__, kind.__qualname__] == found["kind"]:
            return kind(*TypeAdapter(tuple[Problem, ...]).validate_python(found["problems"]), **found["facts"])
    raise ParserFailedError(f"an unknown refusal: {found['kind']}")


def _descendants(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def answer_one() -> None:
    """Be the child: read an order and a file from standard input, write the answer to standard output."""
    order = json.loads(sys.stdin.buffer.readline())
    parser = getattr(import_module(order["module"]), order["function"])
    shape = signature(parser, eval_str=True)
    arguments = {
        name: TypeAdapter(shape.parameters[name].annotation).validate_json(json.dumps(value))
        for name, value in order["arguments"].items()
    }
    result = TypeAdapter(shape.return_annotation)
    data = sys.stdin.buffer.read()
    _limit(order["memory_mb"], order["seconds"])
    try:
        answer = {"value": result.dump_python(parser(data, **arguments), mode="json")}
    except Refusal as refusal:
        answer = {
            "refusal": {
                "kind": [type(refusal).__module__, type(refusal).__qualname__],
                "problems": TypeAdapter(tuple[Problem, ...]).dump_python(refusal.problems, mode="json"),
                "facts": refusal.facts,
            }
        }
    except (MemoryError, RecursionError):
        os._exit(_TOO_DEMANDING)
    except Exception as fault:  # noqa: BLE001 - the parent raises it by name, without content
        answer = {"failed": type(fault).__name__}
    sys.stdout.write(json.dumps(answer))


def _limit(memory_mb: int, seconds: int) -> None:
    """Limit what this process may take from here on; what Python itself has taken is not counted."""
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    memory = taken + memory_mb * 1_000_000
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
