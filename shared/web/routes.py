"""Routes that check the permission before anything else, and give endpoints what the application itself holds.

FastAPI resolves every dependency with the machinery for what callers send, at some 25 µs each, and the body in the
same step as the permission. Here the permission comes first, then the body is read, and what needs nothing but the
request is read directly.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Final, Generic, TypeVar, get_args, get_origin

from fastapi import APIRouter, FastAPI, Request
from fastapi.params import Depends, Form
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response
from typing_extensions import override

from shared.auth.permissions import Permission
from shared.web.direct import REQUEST, direct_handler
from shared.web.exchange import JSON, exchange_of

T = TypeVar("T")

_BASE: Final = ("shared.web.", "shared.auth.")
_CARRIED_OVER: Final = (
    "response_model",
    "status_code",
    "tags",
    "dependencies",
    "summary",
    "description",
    "response_description",
    "responses",
    "deprecated",
    "methods",
    "operation_id",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "response_class",
    "name",
    "openapi_extra",
)


@dataclass(frozen=True)
class Given(Generic[T]):
    """A dependency that needs nothing but the request; `is_command` marks the context of a command."""

    read: Callable[[Request], T]
    is_command: bool = False

    async def __call__(self, request: Request) -> T:
        """Return the value; this is how FastAPI itself asks, where a dependency leans on this one."""
        return self.read(request)


@dataclass(frozen=True)
class Wait:
    """Something that a request may have to wait for before its endpoint is called, named by a query parameter.

    `described` is that parameter in OpenAPI. `until` returns when the endpoint may be called, or raises a refusal.
    """

    until: Callable[[Request], Awaitable[None]]
    described: Mapping[str, Any]

    async def __call__(self, request: Request) -> None:
        """Wait; this is how FastAPI itself asks, where a router is served without `add_routes`."""
        await self.until(request)


class Route(APIRoute):
    """A route that knows its permission and whether it takes the context of a command."""

    permission: Permission | None
    is_command: bool
    waits: "tuple[Wait, ...]"

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - FastAPI's own
        plan = _plan(endpoint)
        self.permission = plan.permission
        self.is_command = any(given.is_command for _, given in plan.given)
        asked = list(options.pop("dependencies", None) or ())
        self.waits = tuple(found.dependency for found in asked if isinstance(found.dependency, Wait))
        options["dependencies"] = [found for found in asked if not isinstance(found.dependency, Wait)]
        super().__init__(path, plan.compiled(), **options)

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, behind the permission and then the body: nothing is read for who may not send it."""
        handler = direct_handler(self, super().get_route_handler())
        permission, waits = self.permission, self.waits
        takes_file = self._takes_file()

        async def permitted(request: Request) -> Response:
            if permission is not None:
                await permission(request)
            exchange = exchange_of(request.scope)
            incoming = exchange.incoming
            if incoming is not None:
                if takes_file:
                    incoming.limit = request.app.state.runtime.settings.file_bytes_max
                exchange.body = await incoming.read()
            if waits and request.scope["query_string"]:
                for wait in waits:
                    await wait.until(request)
            return await handler(request)

        return permitted

    def _takes_file(self) -> bool:
        """Tell whether the body is a file: neither JSON nor a form. Only there may it be larger than JSON."""
        field = self.body_field
        return field is not None and not isinstance(field.field_info, Form) and _media_type_of(field.field_info) != JSON


def _media_type_of(info: object) -> str:
    return getattr(info, "media_type", JSON)


def add_routes(app: FastAPI, router: APIRouter, prefix: str, *, include_in_schema: bool = True) -> None:
    """Add every route of `router` to `app` under `prefix`, as a `Route`."""
    for found in iter_route_contexts(router.routes):
        if not isinstance(found.original_route, APIRoute) or found.endpoint is None:
            raise TypeError(f"{found.path} is not an API route")
        app.router.add_api_route(
            f"{prefix}{found.path}",
            found.endpoint,
            include_in_schema=include_in_schema and found.include_in_schema,
            route_class_override=Route,
            **{name: getattr(found, name) for name in _CARRIED_OVER},
        )


def routes_without_permission(app: FastAPI) -> list[str]:
    """List `METHOD path` of every route of `app` that asks for no permission: deny by default means this is empty.

    What the base itself serves to everybody (API information, documents, health, the sandbox) is left out.
    """
    return sorted(
        f"{method} {found.path_format or found.path}"
        for found in iter_route_contexts(app.routes)
        if not getattr(found.endpoint, "__module__", "").startswith(_BASE)
        if not isinstance(found.original_route, Route) or found.original_route.permission is None
        for method in found.methods or ("*",)
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """An endpoint taken apart: who may call it, which parameters are given, and which FastAPI has to find."""

    endpoint: Callable[..., Awaitable[Any]]
    signature: inspect.Signature
    permission: Permission | None
    actor: str | None
    given: tuple[tuple[str, Given[Any]], ...]

    def compiled(self) -> Callable[..., Any]:
        """Return the endpoint with a request instead of what is given."""
        if self.permission is None and not self.given:
            return self.endpoint
        endpoint, actor, given = self.endpoint, self.actor, self.given

        @wraps(endpoint)
        async def call(**found: Any) -> Any:  # noqa: ANN401 - the endpoint's own
            request = found.pop(REQUEST)
            if actor is not None:
                found[actor] = exchange_of(request.scope).actor
            for name, value in given:
                found[name] = value.read(request)
            return await endpoint(**found)

        taken = {actor, *(name for name, _ in given)}
        asked = [p.replace(kind=p.KEYWORD_ONLY) for p in self.signature.parameters.values() if p.name not in taken]
        request = inspect.Parameter(REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        call.__signature__ = self.signature.replace(parameters=[*asked, request])  # type: ignore[attr-defined]  # how inspect is told
        return call


def _plan(endpoint: Callable[..., Any]) -> _Plan:
    signature = inspect.signature(endpoint, eval_str=True)
    dependencies = {name: _dependency(p.annotation) for name, p in signature.parameters.items()}
    permissions = [(name, found) for name, found in dependencies.items() if isinstance(found, Permission)]
    given = tuple((name, found) for name, found in dependencies.items() if isinstance(found, Given))
    if len(permissions) > 1:
        raise TypeError(f"{endpoint.__qualname__} asks for two permissions")
    if not permissions and any(found.is_command for _, found in given):
        raise TypeError(f"{endpoint.__qualname__} takes a Context but asks for no permission")
    actor, permission = permissions[0] if permissions else (None, None)
    return _Plan(endpoint, signature, permission, actor, given)


def _dependency(annotation: object) -> object:
    """Return what an `Annotated[…, Depends(…)]` depends on, or None."""
    if get_origin(annotation) is not Annotated:
        return None
    return next((marker.dependency for marker in get_args(annotation)[1:] if isinstance(marker, Depends)), None)
