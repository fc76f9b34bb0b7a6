"""Two wire protocols as far as a proxy has to know them: where a message ends, which one commits, who is where."""

import asyncio
import struct
from collections.abc import Mapping
from typing import Final, Protocol

from deploy.local.layout import HOST

_INT: Final = 4
_MESSAGE_BYTES_MAX: Final = 100 * 2**20
_HOST: Final = HOST.encode()

_OP_MSG: Final = 2013
_BODY_AT: Final = 21
"""Where the command of an OP_MSG begins: header (16), flags (4), kind of section (1)."""
_STRING: Final = 2
_COMMITS: Final = b"insert\x00\x08\x00\x00\x00commits\x00"
_TRANSACTION: Final = b"commitTransaction\x00"

_PRODUCE: Final = 0


class Wire(Protocol):
    """One protocol. A message is its bytes, length included; an answer names the request that it belongs to."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """Return the next whole message. Raises asyncio.IncompleteReadError at the end."""
        ...

    def committing(self, request: bytes) -> int | None:
        """Return the number of a request that makes something durable, None of any other."""
        ...

    def answered(self, response: bytes) -> int:
        """Return the number of the request that is answered."""
        ...

    def rewritten(self, response: bytes, ports: Mapping[int, int]) -> bytes:
        """Return the answer with every server's port replaced by the proxy's (`ports`: real → proxy)."""
        ...


class MongoWire:
    """MongoDB: the insert of commits and `commitTransaction` make something durable."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """Return the next message; its first four bytes count the whole."""
        head = await reader.readexactly(_INT)
        return head + await reader.readexactly(_bounded(struct.unpack("<i", head)[0]) - _INT)

    def committing(self, request: bytes) -> int | None:
        """Return the id of a request that commits."""
        _, number, _, operation = struct.unpack_from("<iiii", request)
        if operation != _OP_MSG:
            return None
        command = request[_BODY_AT + _INT + 1 : _BODY_AT + _INT + 1 + len(_COMMITS)]
        is_insert = request[_BODY_AT + _INT] == _STRING and command == _COMMITS
        return int(number) if is_insert or command.startswith(_TRANSACTION) else None

    def answered(self, response: bytes) -> int:
        """Return `responseTo`."""
        return int(struct.unpack_from("<i", response, 8)[0])

    def rewritten(self, response: bytes, ports: Mapping[int, int]) -> bytes:
        """Replace `host:port` texts by others of the same length, so that every length in the message stays true."""
        if _HOST + b":" not in response:
            return response
        for real, proxied in ports.items():
            response = response.replace(b"%s:%d" % (_HOST, real), b"%s:%d" % (_HOST, proxied))
        return response


class KafkaWire:
    """Kafka: a produce request makes something durable."""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """Return the next message; its first four bytes count the rest."""
        head = await reader.readexactly(_INT)
        return head + await reader.readexactly(_bounded(struct.unpack(">i", head)[0]))

    def committing(self, request: bytes) -> int | None:
        """Return the correlation id of a produce request."""
        kind, _, number = struct.unpack_from(">hhi", request, _INT)
        return int(number) if kind == _PRODUCE else None

    def answered(self, response: bytes) -> int:
        """Return the correlation id."""
        return int(struct.unpack_from(">i", response, _INT)[0])

    def rewritten(self, response: bytes, ports: Mapping[int, int]) -> bytes:
        """Replace the ports that follow the host in every answer about brokers."""
        if _HOST not in response:
            return response
        for real, proxied in ports.items():
            response = response.replace(_HOST + struct.pack(">i", real), _HOST + struct.pack(">i", proxied))
        return response


def _bounded(length: int) -> int:
    if not _INT < length <= _MESSAGE_BYTES_MAX:
        raise ConnectionError(f"a message of {length} bytes")
    return length
