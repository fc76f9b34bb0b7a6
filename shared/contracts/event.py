"""The base of every published fact, and the registry that finds a fact by its CloudEvents type."""

import re
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Value(BaseModel):
    """A part of a fact: frozen and strict; unknown fields are ignored, because contracts only grow."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class Event(Value):
    """A recorded fact. Its name is the class name, its version grows only when the meaning changes."""

    VERSION: ClassVar[int] = 1

    @classmethod
    def name(cls) -> str:
        """The fact's name in the event catalogue, for example `application-submitted`."""
        return _WORDS.sub("-", cls.__name__.removesuffix(f"V{cls.VERSION}")).lower()

    @classmethod
    def ce_type(cls) -> str:
        """The CloudEvents type, for example `se.lotsen.application-submitted.v1`."""
        return f"se.lotsen.{cls.name()}.v{cls.VERSION}"
