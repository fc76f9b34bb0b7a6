"""Commands answered directly: what a route has to find out is so little that FastAPI's general machinery is not asked.

Most commands take a path parameter and a JSON body and return a model. For these FastAPI describes the route, and
answers whenever anything is not as expected; what is as expected is validated by the same pydantic types, called
here without looking for forms, headers, files, generators and streams first. Measured on a command with token, rules
and log: a quarter of its time.
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fastapi import Request
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.responses import Response

from shared.web.exchange import JSON, exchange_of

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]

REQUEST: Final = "request_of_route"
"""The parameter by which a compiled endpoint gets the request."""


def direct_handler(route: APIRoute, general: Handler) -> Handler:
    """Return a handler that answers `route` directly when it can, and `general` for all that it cannot."""
    plan = _plan(route)
    if plan is None:
        return general

    async def answer(request: Request) -> Response:
        found = plan.read(request)
        if found is None:
            return await general(request)
        answered = await plan.endpoint(**found)
        return Response(plan.written(answered), status_code=plan.status, media_type=JSON)

    return answer


@dataclass(frozen=True, slots=True)
class _Plan:
    endpoint: Callable[..., Coroutine[Any, Any, Any]]
    path: Mapping[str, TypeAdapter[Any]]
    body: tuple[str, TypeAdapter[Any]] | None
    model: type[BaseModel]
    answer: TypeAdapter[Any]
    status: int

    def read(self, request: Request) -> dict[str, Any] | None:
        """Return the endpoint's arguments, or None when anything is missing or wrong: somebody else says what."""
        given: dict[str, Any] = {REQUEST: request}
        try:
            for name, adapter in self.path.items():
                given[name] = adapter.validate_python(request.path_params[name])
            if self.body is not None:
                name, adapter = self.body
                given[name] = adapter.validate_python(exchange_of(request.scope).body)
        except ValidationError:
            return None
        return given

    def written(self, answered: object) -> bytes:
        if not isinstance(answered, self.model):
            raise TypeError(f"{self.endpoint.__qualname__} returned something else than it says")
        return self.answer.dump_json(answered, by_alias=True)


def _plan(route: APIRoute) -> _Plan | None:
    """Return how to answer `route` directly; None where it asks for more than path parameters and a JSON body."""
    asked = route.dependant
    others = (asked.dependencies, asked.query_params, asked.header_params, asked.cookie_params)
    named = (asked.response_param_name, asked.background_tasks_param_name, asked.security_scopes_param_name)
    plain = not any(others) and not any(named) and asked.request_param_name == REQUEST
    if not plain or route.status_code is None or not isinstance(route.response_class, DefaultPlaceholder):
        return None
    call = route.endpoint
    signature = inspect.signature(call, eval_str=True)
    model = signature.return_annotation
    bodies = [field.name for field in asked.body_params]
    types = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    if not _is_model(model) or len(bodies) > 1 or not all(_reads_bytes(types[name]) for name in bodies):
        return None
    return _Plan(
        endpoint=call,
        path={field.name: TypeAdapter(types[field.name]) for field in asked.path_params},
        body=(bodies[0], TypeAdapter(types[bodies[0]])) if bodies else None,
        model=model,
        answer=TypeAdapter(model),
        status=route.status_code,
    )


def _is_model(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _reads_bytes(found: object) -> bool:
    """Tell whether this is one of our strict bodies, which validate the bytes themselves."""
    return _is_model(found) and hasattr(found, "reads_bytes")
