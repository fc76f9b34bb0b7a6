"""Shapes that every endpoint shares: strict bodies in, receipts and lists out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar

from fastapi import Body as RawBody
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from shared.eventlog.port import Receipt
from shared.web.exchange import JSON, MEDIA_TYPE
from shared.web.paging import Page
from shared.web.receipts import after_token
from shared.web.refusals import UnsupportedMediaType
from shared.web.strict_json import has_free_parts, looks_unsafe, refuse_unsafe

T = TypeVar("T")

_OPEN: Final[dict[type[BaseModel], bool]] = {}
_MARK: Final = {"reads_bytes": True}


class Part(BaseModel):
    """Base of what stands inside a body: unknown fields, coercions and NaN are refused.

    Alternatives that a field tells apart (`Field(discriminator=…)`) must be parts; others may be bodies as well.
    """

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Body(Part):
    """Base of every request body: as strict as its parts, and unsafe keys, numbers and texts are refused too (422).

    A body is validated from its bytes, in JSON mode: strict and yet able to read dates, enumerations and tuples,
    which a strict model cannot do once another parser has turned the bytes into Python objects.
    """

    reads_bytes: ClassVar[bool] = True

    @classmethod
    @override
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /) -> CoreSchema:
        """Let the model be validated from bytes wherever it is the outermost one."""
        schema: dict[str, Any] = dict(handler(source))
        if schema["type"] == "definition-ref" or schema.get("metadata", {}).get("reads_bytes"):
            return schema
        reference = schema.pop("ref", None)
        return core_schema.json_or_python_schema(
            json_schema=schema,
            python_schema=core_schema.no_info_wrap_validator_function(cls._read, schema),
            ref=reference,
            metadata=_MARK,
        )

    @classmethod
    def _read(cls, value: object, inner: Callable[[object], Any]) -> Any:  # noqa: ANN401 - whatever the model yields
        if not isinstance(value, bytes):
            return inner(value)
        if MEDIA_TYPE.get() != JSON:
            raise UnsupportedMediaType(expected=JSON)
        if looks_unsafe(value) or cls._is_open():
            refuse_unsafe(value)
        return cls.model_validate_json(value)

    @classmethod
    def _is_open(cls) -> bool:
        """Tell whether field names or whole values are free somewhere: then the model alone does not refuse enough."""
        known = _OPEN.get(cls)
        if known is None:
            known = _OPEN[cls] = has_free_parts(cls.model_json_schema())
        return known


class Answer(BaseModel):
    """Base of what endpoints return: built from rows and facts that are already ours, so not strict."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class ReceiptBody(Answer):
    """What a command answers: recorded, as which version, and how to read one's own write.

    `after` is given to a query as `?after=…`, which then waits until the read model has come that far.
    """

    id: str = Field(description="Id of what the command was about", examples=["0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"])
    stream: str = Field(examples=["application/0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"])
    version: int = Field(ge=0, description="Version after the command; also the ETag", examples=[3])
    after: str = Field(description="Token for `?after=`: read your own write")
    recorded_at: datetime = Field(description="When it was recorded (UTC)")


def receipt_body(receipt: Receipt, identifier: str) -> ReceiptBody:
    """Return the body of a 2xx from what the log promised; a new `identifier` comes from the receipt's facts."""
    main = receipt.positions[0]
    return ReceiptBody(
        id=identifier,
        stream=main.stream,
        version=main.version,
        after=after_token(receipt.positions),
        recorded_at=receipt.recorded_at,
    )


class Meta(Answer):
    """How many there are in all, and which part this is."""

    total: int = Field(ge=0)
    limit: int = Field(ge=1)
    offset: int = Field(ge=0)


class Links(Answer):
    """Addresses of this part and its neighbours; null where there is none."""

    self_: str = Field(alias="self")
    next: str | None = None
    prev: str | None = None


class ListOf(Answer, Generic[T]):
    """One part of a list. Build it with `list_of`."""

    items: list[T]
    meta: Meta = Field(alias="_meta")
    links: Links = Field(alias="_links")


def list_of(items: Sequence[T], *, total: int, page: Page) -> ListOf[T]:
    """Return one part of a list of `total` things, with links that keep the caller's filters."""
    following = page.offset + page.limit
    return ListOf(
        items=list(items),
        meta=Meta(total=total, limit=page.limit, offset=page.offset),
        links=Links(
            self_=page.address(page.offset),
            next=page.address(following) if following < total else None,
            prev=page.address(max(0, page.offset - page.limit)) if page.offset > 0 else None,
        ),
    )


def _only(*media_types: str) -> BeforeValidator:
    def check(value: object) -> object:
        if MEDIA_TYPE.get() not in media_types:
            raise UnsupportedMediaType(expected=", ".join(media_types))
        return value

    return BeforeValidator(check)


CsvFile = Annotated[bytes, RawBody(media_type="text/csv", min_length=1), _only("text/csv")]
"""A CSV file as the body of the request, at most 10 MB; parse it with `shared.files.parse_limited`."""
SieFile = Annotated[
    bytes, RawBody(media_type="application/x-sie", min_length=1), _only("application/x-sie", "application/octet-stream")
]
"""A SIE file as the body of the request, at most 10 MB; parse it with `shared.files.parse_limited`."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XlsxFile = Annotated[bytes, RawBody(media_type=XLSX, min_length=1), _only(XLSX, "application/octet-stream")]
"""An XLSX file as the body of the request, at most 10 MB; read it with `shared.files.parse_limited`."""
YamlFile = Annotated[
    bytes, RawBody(media_type="application/yaml", min_length=1, max_length=1_000_000), _only("application/yaml")
]
"""A YAML document as the body of the request, at most 1 MB; read it with a safe loader and validate it."""
