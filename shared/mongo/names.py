"""The driver's types under our own names."""

from typing import TYPE_CHECKING, Any, TypeAlias

from bson.timestamp import Timestamp
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING

Document: TypeAlias = dict[str, Any]

if TYPE_CHECKING:
    Client: TypeAlias = AsyncIOMotorClient[Document]
    Database: TypeAlias = AsyncIOMotorDatabase[Document]
    Collection: TypeAlias = AsyncIOMotorCollection[Document]
else:  # motor's classes take no type arguments at run time
    Client = AsyncIOMotorClient
    Database = AsyncIOMotorDatabase
    Collection = AsyncIOMotorCollection


Session: TypeAlias = AsyncIOMotorClientSession

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Client",
    "Collection",
    "Database",
    "Document",
    "Session",
    "Timestamp",
]
