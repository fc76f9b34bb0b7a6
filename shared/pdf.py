"""Sets pages as tagged PDF (PDF/UA-1) in a few warm processes of their own, with little memory and time each.

A page is HTML that is complete in itself: it can name no file and no address. The same page gives the same bytes.
"""

import asyncio
import atexit
import math
import os
import resource
import select
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Final

from shared.kernel.refusals import Refusal

WORKERS_MAX: Final = 2
SECONDS_MAX: Final = 10
START_SECONDS_MAX: Final = 20
MEMORY_MB: Final = 256
PAGE_BYTES_MAX: Final = 2_000_000
IDLE_S_MAX: Final = 300
_IDLE_MARGIN_S: Final = 30
_LENGTH: Final = struct.Struct(">I")
_PDF_BYTES_MAX: Final = 20_000_000
_DONE: Final = b"+"
_FAULT: Final = b"-"
_TOO_DEMANDING: Final = 75
_WARM_UP: Final = "<title>-</title><h1>Å</h1><p>a <b>b</b> <i>c</i><table><caption>d</caption><tr><td>e</table>"


class PageTooDemanding(Refusal):
    """Setting the page took more memory or time than one page may take, or it is too long."""

    status = 422
    sv = "Dokumentet är för stort för att göras till PDF. Hämta uppgifterna som data i stället."
    en = "The document is too large to become a PDF. Fetch it as data instead."


class TypesettersBusy(Refusal):
    """As many documents as this process sets at once are being set."""

    status = 503
    retry_after_s = 2
    sv = "Många dokument skapas just nu. Försök igen om en stund."
    en = "Many documents are being made just now. Try again in a moment."


class TypesettingFailedError(Exception):
    """The page could not be set: a bug. Its message would quote the page and is left out."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A process that sets one page at a time. It ends by itself when nobody asks, or with this process."""

    process: "subprocess.Popen[bytes]"
    used_at: float = field(default_factory=monotonic)
    warm: bool = False

    def set(self, page: bytes) -> bytes:
        """Return the answer to one page; empty when the process ended or was ended because it took too long."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        limit = Timer(SECONDS_MAX + (0 if self.warm else START_SECONDS_MAX), self.process.kill)
        limit.start()
        try:
            self.warm = self.warm or _read_frame(stdout.fileno(), _PDF_BYTES_MAX) == _DONE
            _write_frame(stdin.fileno(), page)
            return _read_frame(stdout.fileno(), _PDF_BYTES_MAX)
        except OSError:
            return b""
        finally:
            limit.cancel()
            self.used_at = monotonic()

    def is_fresh(self) -> bool:
        """Tell whether the process is there, and will be for as long as a page takes."""
        return self.process.poll() is None and monotonic() - self.used_at < IDLE_S_MAX - _IDLE_MARGIN_S

    def end(self) -> None:
        """End the process and let go of its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


_idle: Final[list[_Worker]] = []
_busy = 0


async def typeset(page: str) -> bytes:
    """Return `page` (HTML with its stylesheet inside, a language and a title) as PDF/UA-1.

    The same page gives the same bytes on the same installation: the only date in it is the page's `dcterms.created`.
    Raises PageTooDemanding (422), TypesettersBusy (503), TypesettingFailedError.
    """
    global _busy  # noqa: PLW0603 - one count for the process, which is what the machine has memory for
    content = page.encode()
    if len(content) > PAGE_BYTES_MAX:
        raise PageTooDemanding
    if _busy >= WORKERS_MAX:
        raise TypesettersBusy
    _busy += 1
    task = asyncio.get_running_loop().run_in_executor(None, _set, content)
    task.add_done_callback(_no_more)
    return await asyncio.shield(task)  # who goes away leaves the page to be finished: the worker is taken until then


def _no_more(task: "asyncio.Future[bytes]") -> None:
    global _busy  # noqa: PLW0603 - the same count
    _busy -= 1
    if not task.cancelled():
        task.exception()  # somebody may have gone away without hearing of it


def _set(page: bytes) -> bytes:
    """Set a page in a worker that is idle, or in a new one."""
    worker = _take()
    answer = worker.set(page)
    if not answer:
        worker.end()
        if not worker.warm:
            raise TypesettingFailedError("the process that sets pages does not start")
        raise PageTooDemanding
    _idle.append(worker)
    if not answer.startswith(_DONE):
        raise TypesettingFailedError(answer.removeprefix(_FAULT).decode(errors="replace"))
    return answer.removeprefix(_DONE)


def _take() -> _Worker:
    while _idle:
        worker = _idle.pop()
        if worker.is_fresh():
            return worker
        worker.end()
    return _Worker(_start())


def _start() -> "subprocess.Popen[bytes]":
    """Start a worker. It gets no settings and no secrets: its environment is only where modules are."""
    return subprocess.Popen(
        [sys.executable, "-B", "-s", "-c", "from shared.pdf import work; work()"],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LANG": "C.UTF-8",
            "SOURCE_DATE_EPOCH": "0",  # or a part of a font says when it was cut out
        },
    )


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()


def work() -> None:
    """Be the worker: read pages from standard input and write PDFs to standard output until nobody asks any more."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    _pdf_of(_WARM_UP.encode())
    _limit_memory()
    _write_frame(answers, _DONE)
    while select.select([0], [], [], IDLE_S_MAX)[0] and (page := _read_frame(0, PAGE_BYTES_MAX)):
        _limit_time()
        try:
            answer = _DONE + _pdf_of(page)
        except (MemoryError, RecursionError):
            os._exit(_TOO_DEMANDING)
        except Exception as fault:  # noqa: BLE001 - the parent raises it by name, without content
            answer = _FAULT + type(fault).__name__.encode()
        _write_frame(answers, answer)


def _pdf_of(page: bytes) -> bytes:
    """Set one page; its digest is the document's identifier. Only the worker loads what this takes."""
    from weasyprint import HTML  # noqa: PLC0415 - half a second and 50 MB that no other process needs
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same

    document = HTML(string=page.decode(), url_fetcher=URLFetcher(allowed_protocols=()))  # no scheme at all
    found = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=sha256(page).digest()[:16])
    assert isinstance(found, bytes)
    return found


def _limit_memory() -> None:
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    memory = taken + MEMORY_MB * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    """Allow processor time for one page more than what was used until now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + SECONDS_MAX
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _write_frame(file: int, content: bytes) -> None:
    waiting = memoryview(_LENGTH.pack(len(content)) + content)
    while waiting:
        waiting = waiting[os.write(file, waiting) :]


def _read_frame(file: int, bytes_max: int) -> bytes:
    """Return one frame; empty at the end of the pipe, or when what comes is no frame of ours."""
    size = _read(file, _LENGTH.size)
    if len(size) < _LENGTH.size or (length := _LENGTH.unpack(size)[0]) > bytes_max:
        return b""
    content = _read(file, length)
    return content if len(content) == length else b""


def _read(file: int, length: int) -> bytes:
    found = bytearray()
    while len(found) < length and (part := os.read(file, min(65_536, length - len(found)))):
        found += part
    return bytes(found)
