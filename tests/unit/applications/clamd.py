"""A small clamd: it speaks the part of ClamAV's protocol that scans a stream, over real TCP."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

HARMFUL: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass
class FakeClamd:
    """Where it listens, what it was sent, and what it answers instead of the truth."""

    address: str = ""
    seen: list[bytes] = field(default_factory=list)
    answer: bytes | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one INSTREAM command."""
        command = await reader.readline()
        content = b""
        while size := struct.unpack("!L", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
        self.seen.append(content)
        truth = b"stream: Eicar-Signature FOUND\n" if HARMFUL in content else b"stream: OK\n"
        writer.write(self.answer if self.answer is not None else truth if command == b"nINSTREAM\n" else b"")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def a_clamd() -> AsyncIterator[FakeClamd]:
    """Run a clamd on a free port."""
    clamd = FakeClamd()
    server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
    async with server:
        clamd.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield clamd
