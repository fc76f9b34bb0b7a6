"""What the endpoints of this feature share: the path parameter."""

from typing import Annotated

from fastapi import Path

from shared.kernel.ids import UUID_PATTERN

ApplicationPath = Annotated[
    str,
    Path(
        pattern=UUID_PATTERN,
        description="Ansökans id, också projektets / the application's id, also the project's",
        examples=["0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"],
    ),
]
