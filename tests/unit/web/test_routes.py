"""Deny by default: a route without a permission is found, and one with it asks before anything else."""

from dataclasses import replace
from typing import Annotated, Any, cast

import pytest
from fastapi import APIRouter, Depends, Request

from shared.auth.actor import Role
from shared.auth.permissions import (
    AnyAgency,
    AnyRole,
    Applicant,
    CaseOfficer,
    CaseReader,
    Controller,
    CostReader,
    DecisionMaker,
    Economist,
    FollowUpReader,
    PayoutApprover,
    Permission,
    ProgrammeManager,
    ProjectEditor,
    Registrar,
    Signatory,
    Submitter,
)
from shared.service import Service
from shared.web.application import create_app
from shared.web.dependencies import Context, Log, Now
from shared.web.routes import routes_without_permission
from tests.unit.web.a_service import SERVICE, FakeLog, bearer, client_of, runtime

EVERYBODY = frozenset(Role)
ORG = frozenset({Role.ORG_READER, Role.ORG_EDITOR, Role.ORG_SIGNATORY, Role.ORG_ECONOMIST, Role.ORG_PROMOTER})
AGENCY = frozenset(role for role in Role if role.startswith("agency."))
TABLE: list[tuple[Any, frozenset[Role]]] = [
    (Applicant, frozenset({Role.ORG_EDITOR})),
    (Submitter, frozenset({Role.ORG_EDITOR, Role.ORG_SIGNATORY})),
    (Signatory, frozenset({Role.ORG_SIGNATORY})),
    (Economist, frozenset({Role.ORG_ECONOMIST})),
    (ProjectEditor, frozenset({Role.ORG_EDITOR, Role.ORG_PROMOTER})),
    (Registrar, frozenset({Role.REGISTRAR})),
    (CaseOfficer, frozenset({Role.CASE_OFFICER})),
    (DecisionMaker, frozenset({Role.DECISION_MAKER})),
    (Controller, frozenset({Role.CONTROLLER})),
    (PayoutApprover, frozenset({Role.PAYMENT_APPROVER, Role.DECISION_MAKER})),
    (ProgrammeManager, frozenset({Role.PROGRAMME_MANAGER})),
    (CaseReader, ORG | {Role.REGISTRAR, Role.CASE_OFFICER, Role.DECISION_MAKER}),
    (CostReader, ORG | {Role.CASE_OFFICER, Role.CONTROLLER, Role.PAYMENT_APPROVER, Role.PROGRAMME_MANAGER}),
    (FollowUpReader, ORG | AGENCY),
    (AnyAgency, AGENCY),
    (AnyRole, EVERYBODY),
]


def with_routes(router: APIRouter) -> Service:
    return replace(SERVICE, routers=(router,), pages=())


@pytest.mark.parametrize(("kind", "roles"), TABLE)
def test_a_permission_is_given_to_these_roles_and_no_others(kind: Any, roles: frozenset[Role]) -> None:  # noqa: ANN401 - an annotation
    assert cast("Permission", kind.__metadata__[0].dependency).roles == roles


def test_the_made_up_service_asks_for_a_permission_everywhere() -> None:
    assert routes_without_permission(create_app(SERVICE, runtime())) == []


def test_a_route_without_a_permission_is_found_however_deep_it_lies() -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")

    @inner.get("/open", tags=["open"])
    async def open_to_all(now: Now) -> str:
        return str(now)

    @inner.post("/closed")
    async def closed(actor: Applicant) -> str:
        return actor.subject

    outer.include_router(inner)
    assert routes_without_permission(create_app(with_routes(outer), runtime())) == ["GET /v1/outer/inner/open"]


def test_a_context_without_a_permission_does_not_start() -> None:
    router = APIRouter()

    @router.post("/things")
    async def create(context: Context) -> str:
        return context.actor

    with pytest.raises(TypeError, match="no permission"):
        create_app(with_routes(router), runtime())


def test_two_permissions_at_once_do_not_start() -> None:
    router = APIRouter()

    @router.get("/things")
    async def read(actor: Applicant, other: Registrar) -> str:
        return actor.subject + other.subject

    with pytest.raises(TypeError, match="two permissions"):
        create_app(with_routes(router), runtime())


@pytest.mark.asyncio
async def test_an_actor_keeps_only_what_the_permission_asked_for() -> None:
    router = APIRouter()

    @router.get("/who")
    async def who(actor: CaseReader) -> dict[str, Any]:
        return {"roles": sorted(actor.roles), "organisation": actor.scope.organisation}

    @router.get("/own")
    async def own(actor: Applicant) -> dict[str, Any]:
        return {"roles": sorted(actor.roles), "organisation": actor.scope.organisation}

    async with client_of(create_app(with_routes(router), runtime()), headers=bearer("editor")) as client:
        assert (await client.get("/v1/who")).json() == {"roles": ["org.editor", "org.reader"], "organisation": "org-a"}
        assert (await client.get("/v1/own")).json() == {"roles": ["org.editor"], "organisation": "org-a"}
    async with client_of(create_app(with_routes(router), runtime()), headers=bearer("officer")) as client:
        assert (await client.get("/v1/who")).json()["organisation"] is None
        assert (await client.get("/v1/own")).status_code == 403


@pytest.mark.asyncio
async def test_a_dependency_of_a_feature_may_lean_on_ours() -> None:
    router = APIRouter()

    async def contexts_so_far(log: Log, _request: Request) -> int:
        return len(cast("FakeLog", log).contexts)

    @router.get("/count")
    async def count(_actor: Applicant, number: Annotated[int, Depends(contexts_so_far)], _now: Now) -> int:
        return number

    async with client_of(create_app(with_routes(router), runtime()), headers=bearer("editor")) as client:
        assert (await client.get("/v1/count")).json() == 0
