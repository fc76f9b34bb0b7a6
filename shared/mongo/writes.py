"""The driver's bulk write operations under our own roof."""

from pymongo import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateOne

__all__ = ["DeleteMany", "DeleteOne", "InsertOne", "ReplaceOne", "UpdateOne"]
