"""Writes what is generated from the code: OpenAPI, AsyncAPI 3, event catalogue, schema of the call file, rules."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from deploy.rules import rules_page
from deploy.services import SERVICES
from services.applications.call.schemas import call_json_schema
from shared.contracts.catalogue import FACTS_OF_PUBLISHER
from shared.contracts.event import Event
from shared.service import Service
from shared.web.openapi import openapi_of
from shared.web.routes import add_routes

FOLDER: Final = Path(__file__).parents[1] / "docs" / "api"
PUBLIC_BASE_URL: Final = "https://lotsen.example"
HEADERS: Final[dict[str, dict[str, str]]] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {"type": "string", "description": "Unique for ever; the same fact sent again keeps it."},
    "ce_type": {"type": "string", "description": "se.lotsen.<fact>.v<version>"},
    "ce_source": {"type": "string", "description": "/lotsen/<service>"},
    "ce_subject": {"type": "string", "description": "The stream, for example application/<id>."},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_sequence": {"type": "string", "description": "Position in the stream, contiguous from 1, in decimal."},
    "traceparent": {"type": "string", "description": "W3C trace context of the request that caused the fact."},
}


def _sentence(fact: type[Event]) -> str:
    return " ".join((fact.__doc__ or "").split())


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3 document of every topic, with a JSON schema for each fact."""
    facts = [fact for published in FACTS_OF_PUBLISHER.values() for fact in published]
    _, definitions = models_json_schema(
        [(fact, "serialization") for fact in facts], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Lotsen: facts",
            "version": "1",
            "description": "CloudEvents 1.0 in binary mode. Contracts only grow; a new meaning is a new version.",
        },
        "defaultContentType": "application/json",
        "channels": {publisher: _channel(publisher, FACTS_OF_PUBLISHER[publisher]) for publisher in FACTS_OF_PUBLISHER},
        "operations": {
            f"follow-{publisher}": {"action": "receive", "channel": {"$ref": f"#/channels/{publisher}"}}
            for publisher in FACTS_OF_PUBLISHER
        },
        "components": {
            "messages": {fact.__name__: _message(fact) for fact in facts},
            "schemas": definitions["$defs"],
        },
    }


def _channel(publisher: str, facts: tuple[type[Event], ...]) -> dict[str, Any]:
    return {
        "address": f"lotsen.{publisher}",
        "description": "12 partitions, kept for ever. The record key is the project for all that belongs to a project.",
        "messages": {fact.__name__: {"$ref": f"#/components/messages/{fact.__name__}"} for fact in facts},
        "bindings": {
            "kafka": {"partitions": 12, "topicConfiguration": {"retention.ms": -1}, "bindingVersion": "0.5.0"}
        },
    }


def _message(fact: type[Event]) -> dict[str, Any]:
    return {
        "name": fact.ce_type(),
        "summary": _sentence(fact),
        "headers": {"type": "object", "properties": HEADERS},
        "payload": {"$ref": f"#/components/schemas/{fact.__name__}"},
    }


def openapi(service: Service) -> dict[str, Any]:
    """Return the OpenAPI document of a service, as it answers under its own address."""
    app = FastAPI(openapi_url=None)
    for router in service.routers:
        add_routes(app, router, "/v1")
    return openapi_of(app, service, PUBLIC_BASE_URL)


def event_catalogue() -> str:
    """Return the event catalogue as a Markdown page: every fact with its type, meaning and fields."""
    lines = ["# Event catalogue", "", "Generated from the contracts by `make contracts`; do not edit.", ""]
    for publisher, facts in FACTS_OF_PUBLISHER.items():
        lines += [f"## Topic `lotsen.{publisher}`", ""]
        for fact in facts:
            fields = ", ".join(f"`{name}`" for name in fact.model_fields)
            lines += [
                f"### {fact.__name__}",
                "",
                f"`{fact.ce_type()}`",
                "",
                _sentence(fact),
                "",
                f"Fields: {fields}",
                "",
            ]
    return "\n".join(lines)


def documents() -> Iterator[tuple[Path, str]]:
    """Yield every generated document with its place in the repository."""
    yield FOLDER / "asyncapi.json", _as_json(asyncapi())
    yield FOLDER / "event-catalogue.md", event_catalogue()
    yield FOLDER / "call.schema.json", _as_json(call_json_schema(f"{PUBLIC_BASE_URL}/applications/v1/calls/schema"))
    yield FOLDER.parent / "rules.md", rules_page()
    for service in SERVICES.values():
        yield FOLDER / f"{service.name}.openapi.json", _as_json(openapi(service))


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def write() -> list[Path]:
    """Write every document and return the places."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    places = []
    for place, text in documents():
        place.write_text(text)
        places.append(place)
    return places
