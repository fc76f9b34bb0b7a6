"""The application factory: one FastAPI application for each service, all of them behind one address."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.auth import login
from shared.auth.sandbox import create_sandbox
from shared.kernel.refusals import Refusal
from shared.service import Service
from shared.settings import ApiSettings
from shared.web import assets, catalogue
from shared.web.body_reader import Gate
from shared.web.boundary import Boundary
from shared.web.health import health_router
from shared.web.openapi import openapi_of
from shared.web.problems import render_http, render_malformed, render_refusal
from shared.web.reference import reference_page
from shared.web.routes import add_routes
from shared.web.runtime import Probe, Runtime
from shared.web.schemas import Answer


class ApiInfo(Answer):
    """What the Swedish REST API profile asks every API to say of itself."""

    api_name: str = Field(examples=["applications"])
    api_version: str = Field(examples=["1.0.0"])
    api_released: str = Field(
        description="När versionen släpptes / When the version was released", examples=["2026-11-23"]
    )
    api_documentation: str = Field(examples=["https://lotsen.example/applications/docs"])
    api_status: str = Field(description="active, deprecated …", examples=["active"])


def create_app(service: Service, runtime: Runtime, *, gate: Gate | None = None) -> FastAPI:
    """Return the application of one service: its routers under `/v1`, its pages under `/pages`.

    It can be served by itself; together with others it stands under `/<service>` (`create_api`).
    """
    settings = runtime.settings
    app = _bare(runtime)
    for router in service.routers:
        add_routes(app, router, "/v1")
    for router in service.pages:
        add_routes(app, router, "/pages", include_in_schema=False)
    add_routes(app, _about(app, service, settings), "")
    _surround(app, service.name, settings, gate or gate_of(settings))
    return app


def create_api(services: Sequence[Service], runtimes: Mapping[str, Runtime]) -> ASGIApp:
    """Return all `services` behind one address, each under its name, with health, metrics and the problem catalogue.

    `runtimes` are by service name. In a sandbox the issuer is there too, under `/sandbox`.
    """
    settings = runtimes[services[0].name].settings
    gate = gate_of(settings)
    applications: dict[str, ASGIApp] = {
        service.name: create_app(service, runtimes[service.name], gate=gate) for service in services
    }
    if settings.sandbox:
        sandbox = _bare(runtimes[services[0].name])
        add_routes(sandbox, create_sandbox(settings, runtimes[services[0].name].clock), "")
        _surround(sandbox, "sandbox", settings, gate)
        applications["sandbox"] = sandbox
    probes = {f"{name}/{part}": probe for name, runtime in runtimes.items() for part, probe in runtime.probes.items()}
    return _Dispatch(applications, _create_root(runtimes[services[0].name], probes, gate, _start_of(services)))


def gate_of(settings: ApiSettings) -> Gate:
    """Return the gate of one process."""
    return Gate(settings.requests_in_flight_max, settings.bytes_in_flight_max)


def _bare(runtime: Runtime) -> FastAPI:
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"metrics": False, "logs": False},  # ours are Prometheus' and structlog's; traces join the operator's
    )
    app.state.runtime = runtime
    app.add_exception_handler(Refusal, render_refusal)
    app.add_exception_handler(RequestValidationError, render_malformed)
    app.add_exception_handler(HTTPException, render_http)
    return app


def _surround(app: FastAPI, name: str, settings: ApiSettings, gate: Gate) -> None:
    templates: dict[Callable[..., Any], str] = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.endpoint is not None:
            templates.setdefault(route.endpoint, route.path_format or "")
    app.add_middleware(Boundary, service=name, settings=settings, gate=gate, templates=templates)


def _about(app: FastAPI, service: Service, settings: ApiSettings) -> APIRouter:
    router = APIRouter()
    document: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not document:
            document.update(openapi_of(app, service, settings.public_base_url))
        return document

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to give another document

    @router.get("/v1/api-info", summary="Om API:et / About the API")
    async def api_info() -> ApiInfo:
        """Namn, version, status och dokumentation. / Name, version, status and documentation."""
        return ApiInfo(
            api_name=service.name,
            api_version="1.0.0",
            api_released="2026-11-23",
            api_documentation=f"{settings.public_base_url}/{service.name}/docs",
            api_status="active",
        )

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        """OpenAPI-beskrivningen. / The OpenAPI document."""
        return described()

    @router.get("/docs", include_in_schema=False, response_class=Response)
    async def docs() -> Response:
        """API-referensen. / The API reference."""
        return reference_page(described())

    return router


def _start_of(services: Sequence[Service]) -> str:
    """Return where people begin: the first page that a service names, else the problem catalogue."""
    starts = (f"/{service.name}/pages/{service.start}" for service in services if service.start is not None)
    return next(starts, "/problems")


def _create_root(runtime: Runtime, probes: Mapping[str, Probe], gate: Gate, start: str) -> FastAPI:
    app = _bare(runtime)
    app.include_router(health_router(probes))
    app.include_router(catalogue.router)
    app.include_router(login.router)
    app.include_router(assets.router)
    entrance = APIRouter(include_in_schema=False)

    @entrance.get("/", response_class=Response)
    async def begin() -> Response:
        """Dit man kommer först. / Where people begin."""
        return RedirectResponse(start, 303)

    app.include_router(entrance)
    _surround(app, "root", runtime.settings, gate)
    return app


class _Dispatch:
    """Hands a request to the service that its first path segment names; a dictionary, not a chain of patterns."""

    def __init__(self, applications: Mapping[str, ASGIApp], root: ASGIApp) -> None:
        self._applications = applications
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application whose prefix the path has, else by the root's own."""
        if scope["type"] == "lifespan":
            await self._root(scope, receive, send)
            return
        root_path: str = scope.get("root_path", "")
        name = scope["path"].removeprefix(root_path).split("/", 2)[1]
        app = self._applications.get(name)
        if app is None:
            await self._root(scope, receive, send)
        else:
            await app({**scope, "root_path": f"{root_path}/{name}"}, receive, send)
