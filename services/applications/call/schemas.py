"""The call file at the border: safe, bounded YAML in, and calls as they are answered."""

import json
import re
from datetime import date, datetime
from typing import Any, Final, cast

import yaml
from pydantic import Field
from typing_extensions import override

from services.applications.call.domain import CallNotSound, read_definition
from services.applications.call.projections import CallRow
from shared.contracts.call import CallDefinition, Text
from shared.kernel.refusals import Refusal
from shared.web.schemas import Answer

FILE_BYTES_MAX: Final = 65_536
"""The pilot's file is a third of this; parsing the largest takes a quarter of a second."""
DEPTH_MAX: Final = 12
"""A call nests six levels."""

_PLAIN: Final = "tag:yaml.org,2002:"


class CallFileUnreadable(Refusal):
    """The file is not the plain YAML that a call is written in."""

    status = 422
    sv = "Filen kan inte läsas som en utlysning: {reason_sv}"
    en = "The file cannot be read as a call: {reason_en}"


class CallSummaryBody(Answer):
    """A published call in short, in its newest version."""

    id: str = Field(examples=["pilot-fortsattning-saker-digitalisering-2023"])
    version: int = Field(examples=[1])
    title: Text
    opens_on: date
    closes_on: date
    budget_ore: int = Field(description="Utlysningens ram i öre / The ceiling of the call in öre (A17)")
    published_at: datetime


class CallBody(CallSummaryBody):
    """A published call, complete: the newest version of its definition."""

    definition: CallDefinition
    definition_hash: str = Field(description="SHA-256 för definitionens JSON / of the definition's JSON")


def call_summary(row: CallRow) -> CallSummaryBody:
    """Return a row of the read model in short."""
    return CallSummaryBody(**_summary_of(row))


def call_body(row: CallRow) -> CallBody:
    """Return a row of the read model complete."""
    definition = CallDefinition.model_validate_json(json.dumps(row["definition"]))
    return CallBody(**_summary_of(row), definition=definition, definition_hash=row["definition_hash"])


def _summary_of(row: CallRow) -> dict[str, Any]:
    definition = row["definition"]
    return {
        "id": row["_id"],
        "version": row["version"],
        "title": definition["title"],
        "opens_on": definition["opens_on"],
        "closes_on": definition["closes_on"],
        "budget_ore": definition["amounts"]["budget_ore"],
        "published_at": row["published_at"],
    }


class _UnreadableError(ValueError):
    """Why a file is not plain YAML, in both languages."""


class _PlainLoader(yaml.SafeLoader):
    """YAML of mappings, lists, texts, whole numbers, true, false and null; dates and times stay texts.

    No anchors (a few lines of aliases can swell to gigabytes), no tags, no keys twice, and none of YAML 1.1's
    surprises: `no` is a text and `23:59` is not the number 1439.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own shape; filled below, once
    depth = 0

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = cast("yaml.NodeEvent", self.peek_event())  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it out
        if event.anchor is not None:
            raise _UnreadableError("ankare och alias är inte tillåtna.", "anchors and aliases are not allowed.")
        if getattr(event, "tag", None) is not None:
            raise _UnreadableError("taggar är inte tillåtna.", "tags are not allowed.")
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise _UnreadableError("för många nivåer.", "too many levels.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            line = node.start_mark.line + 1
            raise _UnreadableError(
                f"ett fält står två gånger i stycket på rad {line}.",
                f"a field is there twice in the part at line {line}.",
            )
        return super().construct_mapping(node, deep)


_PlainLoader.add_implicit_resolver(f"{_PLAIN}bool", re.compile(r"^(true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver(f"{_PLAIN}null", re.compile(r"^(null|~|)$"), ["n", "~", ""])
_PlainLoader.add_implicit_resolver(f"{_PLAIN}int", re.compile(r"^(0|-?[1-9][0-9_]{0,20})$"), list("-0123456789"))


def read_call_file(content: bytes) -> CallDefinition:
    """Return the definition in a call file (UTF-8 YAML, at most `FILE_BYTES_MAX`).

    Raises CallFileUnreadable when it is not plain YAML, CallNotSound with every reason when it is no sound call.
    """
    if len(content) > FILE_BYTES_MAX:
        raise CallFileUnreadable(reason_sv="den är för stor.", reason_en="it is too large.")
    try:
        tree = yaml.load(content.decode(), Loader=_PlainLoader)  # noqa: S506 - a SafeLoader with less
    except _UnreadableError as reason:
        raise CallFileUnreadable(reason_sv=reason.args[0], reason_en=reason.args[1]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        line = broken.problem_mark.line + 1 if isinstance(broken, yaml.MarkedYAMLError) and broken.problem_mark else 0
        raise CallFileUnreadable(
            reason_sv=f"den är ingen YAML i UTF-8 (rad {line}).", reason_en=f"it is no YAML in UTF-8 (line {line})."
        ) from None
    definition, problems = read_definition(tree)
    if definition is None:
        raise CallNotSound(*problems)
    return definition
