"""Deny by default: every route asks for a permission by its type, in every service."""

import pytest
from fastapi import APIRouter, FastAPI

from deploy.services import SERVICES
from shared.web.routes import add_routes, routes_without_permission


@pytest.mark.parametrize("name", list(SERVICES))
def test_every_route_of_a_service_asks_for_a_permission(name: str) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for router in (*SERVICES[name].routers, *SERVICES[name].pages):
        add_routes(app, router, "")
    assert app.routes
    assert routes_without_permission(app) == []


def test_a_route_without_a_permission_is_found() -> None:
    router = APIRouter()

    @router.get("/open")
    async def open_to_all() -> None: ...

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_routes(app, router, "")
    assert routes_without_permission(app) == ["GET /open"]
