"""The files that pages ask for: style, scripts and mark, as they lie in `static`."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from shared.kernel.refusals import NotFound

router: Final = APIRouter(include_in_schema=False)

_FOLDER: Final = Path(__file__).parent / "static"
_KEPT: Final = {"cache-control": "public, max-age=3600"}
_ICON: Final = (_FOLDER / "favicon.svg").read_bytes()
_KINDS: Final = {".css": "text/css", ".js": "text/javascript"}
_FILES: Final = {each.name: each.read_bytes() for each in _FOLDER.iterdir() if each.suffix in _KINDS}


@router.get("/static/{name}", response_class=Response)
async def asset(name: str) -> Response:
    """Formatmallen och skripten för de gemensamma sidorna. / The style sheet and the scripts of the common pages."""
    if name not in _FILES:
        raise NotFound
    return Response(_FILES[name], media_type=_KINDS[Path(name).suffix], headers=_KEPT)


@router.get("/favicon.ico", response_class=Response)
async def favicon() -> Response:
    """Webbläsarens märke för alla sidor. / The browser's mark for every page."""
    return Response(_ICON, media_type="image/svg+xml", headers=_KEPT)
