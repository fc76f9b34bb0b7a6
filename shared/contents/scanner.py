"""A scanner for malware as an optional part: the port, and ClamAV's daemon over TCP (INSTREAM)."""

import asyncio
from io import BytesIO
from typing import Final, Protocol

from clamav_client.clamd import ClamdError, ClamdNetworkSocket

from shared.kernel.refusals import Refusal

_ANSWER_S_MAX: Final = 30.0
_CLEAN: Final = "OK"
_FOUND: Final = "FOUND"


class ScannerUnavailable(Refusal):
    """The scanner that this installation has does not answer. Nothing is let through unscanned."""

    status = 503
    retry_after_s = 30
    sv = "Viruskontrollen svarar inte. Ingenting har sparats; försök igen om en stund."
    en = "The virus scan does not answer. Nothing was kept; try again in a while."


class Scanner(Protocol):
    """Looks for malware in a file."""

    async def is_harmful(self, content: bytes) -> bool:
        """Tell whether something was found. Raises ScannerUnavailable (503)."""
        ...


class ClamdScanner:
    """Implements Scanner. `address` is `host:port` of a clamd; a connection for each file."""

    def __init__(self, address: str, *, answer_s_max: float = _ANSWER_S_MAX) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port, self._answer_s_max = host, int(port), answer_s_max

    async def is_harmful(self, content: bytes) -> bool:
        """Tell whether something was found; whatever else clamd answers is no answer. Raises ScannerUnavailable."""
        try:
            async with asyncio.timeout(2 * self._answer_s_max):
                status = await asyncio.to_thread(self._ask, content)
        except (ClamdError, OSError, TimeoutError) as error:
            raise ScannerUnavailable from error
        if status not in {_CLEAN, _FOUND}:
            raise ScannerUnavailable
        return status == _FOUND

    def _ask(self, content: bytes) -> str:
        clamd = ClamdNetworkSocket(self._host, self._port, timeout=self._answer_s_max)
        return clamd.instream(BytesIO(content)).get("stream", ("", None))[0]


def scanner_at(address: str | None) -> Scanner | None:
    """Return the scanner at `host:port`; None where the installation has none."""
    return None if address is None else ClamdScanner(address)
