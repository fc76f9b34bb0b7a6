"""What the endpoints of this feature share: the path parameter and the answer to a command."""

from typing import Annotated

from fastapi import Depends, Path, Request, Response

from shared.eventlog.port import Receipt
from shared.kernel.ids import UUID_PATTERN
from shared.web.dependencies import set_etag
from shared.web.schemas import ReceiptBody, receipt_body

ApplicationPath = Annotated[
    str,
    Path(
        pattern=UUID_PATTERN,
        description="Ansökans id, också projektets / the application's id, also the project's",
        examples=["0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"],
    ),
]


class Answering:
    """The answer to a command: where the thing is, and which version it has."""

    def __init__(self, request: Request, response: Response) -> None:
        self._path = request.url.path
        self._response = response

    def created(self, receipt: Receipt, application_id: str) -> None:
        """Say where a new application is."""
        self._point_to(f"{self._path}/{application_id}", receipt)

    def recorded(self, receipt: Receipt, application_id: str) -> ReceiptBody:
        """Answer what was recorded on an application, the parent of the address that was called."""
        self._point_to(self._path.rpartition("/")[0], receipt)
        return receipt_body(receipt, application_id)

    def _point_to(self, address: str, receipt: Receipt) -> None:
        self._response.headers["location"] = address
        set_etag(self._response, receipt.positions[0].version)


async def _answering(request: Request, response: Response) -> Answering:
    # FastAPI calls what is not a coroutine, a class too, on a worker thread: that costs as much as half a command.
    return Answering(request, response)


Answers = Annotated[Answering, Depends(_answering)]
"""How a command is answered: Location, ETag and receipt."""
