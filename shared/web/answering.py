"""How a command is answered: where the thing is, which version it has, and the receipt."""

from typing import Annotated

from fastapi import Depends, Request

from shared.eventlog.port import Receipt
from shared.web.exchange import exchange_of
from shared.web.routes import Given
from shared.web.schemas import ReceiptBody, receipt_body


class Answering:
    """The answer to one command. Location and ETag go with it if it is a 2xx."""

    __slots__ = ("_exchange", "_path")

    def __init__(self, request: Request) -> None:
        self._path: str = request.scope["path"]
        self._exchange = exchange_of(request.scope)

    def created(self, receipt: Receipt, identifier: str) -> ReceiptBody:
        """Say where a new thing is: below the address that was called."""
        return self._point_to(f"{self._path}/{identifier}", receipt, identifier)

    def recorded(self, receipt: Receipt, identifier: str) -> ReceiptBody:
        """Answer what was recorded on a thing, the parent of the address that was called."""
        return self._point_to(self._path.rpartition("/")[0], receipt, identifier)

    def placed(self, identifier: str, version: int | None = None) -> None:
        """Say where a new thing is that no fact tells of, below the address that was called, and its version."""
        place = (b"location", f"{self._path}/{identifier}".encode("ascii"))
        etag = () if version is None else ((b"etag", b'"%d"' % version),)
        self._exchange.success_headers = (place, *etag)

    def state_version(self, receipt: Receipt) -> None:
        """Say which version the stream of the command has now, where the answer has a body of its own."""
        self._exchange.success_headers = (_etag(receipt),)

    def _point_to(self, address: str, receipt: Receipt, identifier: str) -> ReceiptBody:
        self._exchange.success_headers = ((b"location", address.encode("ascii")), _etag(receipt))
        return receipt_body(receipt, identifier)


def _etag(receipt: Receipt) -> tuple[bytes, bytes]:
    return b"etag", b'"%d"' % receipt.positions[0].version


Answers = Annotated[Answering, Depends(Given(Answering))]
"""How a command is answered: Location, ETag and receipt."""
