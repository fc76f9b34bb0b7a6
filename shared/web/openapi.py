"""The OpenAPI document of a service: what every operation has in common, said once."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from shared.auth.permissions import Permission
from shared.service import Service
from shared.web.headers import IDEMPOTENCY_KEY_CHARS_MAX
from shared.web.routes import Route

CONTACT: Final = {"name": "Lotsen"}
LICENSE: Final = {"name": "Villkor enligt driftande myndighet / Terms of the operating agency"}
SLA: Final = "Ingen utlovad tillgänglighet i pilotprogrammet. / No promised availability in the pilot programme."
LIMITATIONS: Final = (
    "JSON högst 1 MB, filer högst 10 MB, listor högst 100 per sida. / "
    "JSON at most 1 MB, files at most 10 MB, lists at most 100 a page."
)
_METHODS_WITH_PRECONDITION: Final = frozenset({"put", "patch"})
_TEXTS: Final[Mapping[str, str]] = {
    "400": "Anropet går inte att tolka. / The request cannot be understood.",
    "401": "Giltig åtkomsttoken saknas. / No valid access token.",
    "403": "Rollen ger inte behörigheten. / The roles do not give this permission.",
    "404": "Finns inte, eller hör till någon annan. / Missing, or somebody else's.",
    "409": "En regel tillåter det inte. / A rule does not allow it.",
    "412": "Någon annan har ändrat sedan dess. / Somebody has changed it since.",
    "413": "För stort innehåll. / Too large a body.",
    "415": "Fel typ av innehåll. / Wrong type of body.",
    "422": "Uppgifterna har inte rätt form. / The input does not have the required form.",
    "428": "If-Match saknas. / If-Match is missing.",
    "500": "Oväntat fel. / Unexpected error.",
    "503": "Inte tillgängligt just nu. / Not available just now.",
}
_EVERYWHERE: Final = ("400", "401", "403", "422", "500", "503")
_PROBLEM_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Inget ur anropet återges. / Nothing of the request is repeated.",
    "required": ["type", "title", "status", "detail", "detail_en", "instance", "code", "rule", "problems"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/malformed-input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "På svenska"},
        "detail_en": {"type": "string", "description": "In English"},
        "instance": {"type": "string", "format": "uri", "description": "Anropets spår / The request's trace"},
        "code": {"type": "string", "examples": ["MalformedInput"]},
        "rule": {"type": "string", "examples": ["A4"]},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    },
}
_FINDING_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "title": "Finding",
    "required": ["pointer", "rule", "sv", "en", "severity", "quotation"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer", "examples": ["/budget/0/amount_ore"]},
        "rule": {"type": "string"},
        "sv": {"type": "string"},
        "en": {"type": "string"},
        "severity": {"type": "string", "enum": ["error", "warning", "note"]},
        "quotation": {"type": "string", "description": "Utlysningens ord / The wording of the call"},
        "line": {"type": "integer", "minimum": 1, "description": "Rad i en fil / Line in a file"},
        "column": {"type": "integer", "minimum": 1, "description": "Kolumn i en fil / Column in a file"},
    },
}


def openapi_of(app: FastAPI, service: Service, public_base_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a service; the same for everybody, so that it can be kept and compared."""
    document = get_openapi(
        title=f"Lotsen – {service.title.sv}",
        version="1.0.0",
        description=f"{service.description.sv}\n\n{service.description.en}",
        routes=[route for route in iter_route_contexts(app.routes) if _is_api(route)],
        servers=[{"url": f"{public_base_url}/{service.name}"}],
        contact=CONTACT,
        license_info=LICENSE,
    )
    document["info"]["x-sla"] = SLA
    document["info"]["x-limitations"] = LIMITATIONS
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update({"Problem": dict(_PROBLEM_SCHEMA), "Finding": dict(_FINDING_SCHEMA)})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            operation = document["paths"].get(route.path_format or "", {}).get(method.lower())
            if operation is not None:
                _complete(operation, method.lower(), route)
    return document


def _is_api(route: RouteContext) -> bool:
    return isinstance(route.original_route, APIRoute) and (route.path_format or "").startswith("/v1/")


def _complete(operation: dict[str, Any], method: str, route: RouteContext) -> None:
    known = route.original_route
    permission = known.permission if isinstance(known, Route) else None
    if permission is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-permission"] = permission.name
        operation["x-roles"] = sorted(permission.roles)
    for wait in known.waits if isinstance(known, Route) else ():
        parameters = operation.setdefault("parameters", [])
        if all(parameter["name"] != wait.described["name"] for parameter in parameters):
            parameters.append(dict(wait.described))
    if isinstance(known, Route) and known.is_command:
        operation.setdefault("parameters", []).extend(_command_headers(method))
    responses = operation["responses"]
    for status in _statuses(operation, method, permission):
        responses[status] = {
            "description": _TEXTS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _statuses(operation: Mapping[str, Any], method: str, permission: Permission | None) -> list[str]:
    found = {status for status in _EVERYWHERE if permission is not None or status not in {"401", "403"}}
    if any(parameter.get("in") == "path" for parameter in operation.get("parameters", ())):
        found |= {"404", "409"}  # a rule may stand before a reading too: a conflict of interest that was not declared
    if method != "get":
        found |= {"409", "412"}
    if any(parameter["name"] == "after" for parameter in operation.get("parameters", ())):
        found.add("409")  # what was to be waited for is parked or held
    if "requestBody" in operation:
        found |= {"413", "415"}
    if method in _METHODS_WITH_PRECONDITION:
        found.add("428")
    return sorted(found)


def _command_headers(method: str) -> list[dict[str, Any]]:
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Samma nyckel och innehåll ger samma svar. Nyckeln är klientens egen inom organisationen "
            "och gäller så länge uppgifterna finns: använd aldrig om den. / "
            "The same key and body give the same answer. The key is the client's own within its organisation "
            "and holds for as long as the records are kept: never use it for anything else.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]+$", "maxLength": IDEMPOTENCY_KEY_CHARS_MAX},
            "example": "2023-03-01-ansokan-1",
        },
        {
            "name": "If-Match",
            "in": "header",
            "required": method in _METHODS_WITH_PRECONDITION,
            "description": "ETag ur ett svar. / The ETag of an answer.",
            "schema": {"type": "string"},
            "example": '"3"',
        },
    ]
