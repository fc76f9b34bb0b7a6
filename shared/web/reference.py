"""The API reference as a plain page, made from the OpenAPI document: nothing is fetched from anywhere else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from starlette.responses import Response

from shared.web.page_shell import render_page


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it; `body` and each answer's example are YAML of their schemas."""

    method: str
    path: str
    summary: str
    description: str
    permission: str
    parameters: list[dict[str, Any]]
    body: str
    responses: dict[str, Any]


def reference_page(document: Mapping[str, Any]) -> Response:
    """Return the page for one service's OpenAPI document."""
    schemas = {name: _text(schema) for name, schema in document["components"]["schemas"].items()}
    return render_page("reference.html", info=document["info"], operations=list(_operations(document)), schemas=schemas)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                permission=", ".join(operation.get("x-roles", ())),
                parameters=operation.get("parameters", []),
                body=_text(operation["requestBody"]["content"]) if "requestBody" in operation else "",
                responses=operation["responses"],
            )


def _text(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
