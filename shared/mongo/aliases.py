"""A database in which some collections answer to another name, so that what is read can be exchanged at one place."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from motor.motor_asyncio import AsyncIOMotorDatabase
from typing_extensions import override

from shared.mongo.names import Client, Collection, Document

if TYPE_CHECKING:
    _Database = AsyncIOMotorDatabase[Document]
else:  # motor's classes take no type arguments at run time
    _Database = AsyncIOMotorDatabase


_READING: Final = ("find", "aggregate")
"""The commands that name a collection and read it."""


class AliasedDatabase(_Database):
    """The database `name`, whose collections are looked up by `resolve` at every use, and never kept.

    `resolve` may raise: then nothing is read. Only for reading: writers name their collections themselves.
    """

    def __init__(self, client: Client, name: str, resolve: Callable[[str], str]) -> None:
        super().__init__(client, name)
        self._resolve = resolve

    @override
    def __getitem__(self, name: str) -> Collection:
        return super().__getitem__(self._resolve(name))

    @override
    async def cursor_command(self, command: Any, *values: Any, **options: Any) -> Any:
        if isinstance(command, dict):
            command = {**command, **{verb: self._resolve(command[verb]) for verb in _READING if verb in command}}
        return await super().cursor_command(command, *values, **options)
