"""Commands that are answered directly are answered as FastAPI would answer them."""

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Path, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts

from shared.auth.permissions import Applicant
from shared.contracts.call import Text
from shared.service import Service
from shared.web.answering import Answers
from shared.web.application import create_app
from shared.web.dependencies import Context
from shared.web.direct import direct_handler
from shared.web.schemas import Answer, Body
from tests.unit.web.a_service import client_of, runtime

pytestmark = pytest.mark.asyncio

router = APIRouter()


class Order(Body):
    """What is asked for."""

    count: int


class Made(Answer):
    """What is answered."""

    name: str
    count: int


@router.post("/orders/{name}", status_code=201)
async def order(
    name: Annotated[str, Path(pattern="[a-z]+")], body: Order, _actor: Applicant, _context: Context, _answers: Answers
) -> Made:
    """Gör. / Make."""
    return Made(name=name, count=body.count)


@router.post("/orders/{name}/lies", status_code=201)
async def lie(name: str, _actor: Applicant, _context: Context) -> Made:
    """Lova en sak, svara en annan. / Promise one thing and answer another."""
    return {"name": name}  # type: ignore[return-value]  # on purpose


@router.post("/orders/{name}/notes", status_code=201)
async def note(name: str, body: Order, _actor: Applicant, response: Response) -> Made:
    """Sätter egna huvuden. / Sets headers of its own."""
    response.headers["x-note"] = "kept"
    return Made(name=name, count=body.count)


SERVICE = Service(
    name="orders",
    title=Text(sv="Order", en="Orders"),
    description=Text(sv="Order.", en="Orders."),
    routers=(router,),
    streams=(),
    projections=(),
)


def _route(app: FastAPI, path: str) -> APIRoute:
    (found,) = [context.original_route for context in iter_route_contexts(app.routes) if context.path == path]
    assert isinstance(found, APIRoute)
    return found


async def _general(_request: Request) -> Response:
    return Response(status_code=299)


async def test_a_command_is_answered_directly_and_what_asks_for_more_is_not() -> None:
    app = create_app(SERVICE, runtime())
    assert direct_handler(_route(app, "/v1/orders/{name}"), _general) is not _general
    assert direct_handler(_route(app, "/v1/orders/{name}/notes"), _general) is _general
    assert direct_handler(_route(app, "/v1/api-info"), _general) is _general


async def test_the_answer_has_status_type_and_body() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        answer = await client.post("/v1/orders/apples", json={"count": 3}, headers={"authorization": "Bearer editor"})
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert answer.json() == {"name": "apples", "count": 3}


@pytest.mark.parametrize(
    ("path", "content", "pointer"),
    [("apples", b'{"count": true}', "/count"), ("apples", b"", ""), ("APPLES", b'{"count": 3}', "/name")],
)
async def test_what_is_wrong_is_said_as_everywhere_else(path: str, content: bytes, pointer: str) -> None:
    headers = {"authorization": "Bearer editor", "content-type": "application/json"}
    async with client_of(create_app(SERVICE, runtime())) as client:
        answer = await client.post(f"/v1/orders/{path}", content=content, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in str(answer.json())


async def test_an_endpoint_that_answers_something_else_than_it_says_is_a_fault() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        answer = await client.post("/v1/orders/apples/lies", headers={"authorization": "Bearer editor"})
    assert answer.status_code == 500


async def test_headers_that_an_endpoint_sets_are_kept() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        answer = await client.post(
            "/v1/orders/apples/notes", json={"count": 3}, headers={"authorization": "Bearer editor"}
        )
    assert answer.headers["x-note"] == "kept"
