"""Prints the paths of the jars of the broker and its tools, one a line, after downloading them if need be."""

import asyncio
import sys

from deploy.local.java import class_path
from deploy.local.settings import PartsSettings

if __name__ == "__main__":
    for jar in asyncio.run(class_path(PartsSettings().cache_dir)).split(":"):
        sys.stdout.write(f"{jar}\n")
