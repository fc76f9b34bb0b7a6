"""Images: decoded once, whole, within a limit of pixels."""

from io import BytesIO
from typing import Final
from warnings import catch_warnings, simplefilter

from PIL import Image

from services.applications.attachment.domain.kinds import JPEG, PNG
from services.applications.attachment.domain.refusals import FileDamaged, FileUnpacksTooLarge

PIXELS_MAX: Final = 40_000_000

_FORMATS: Final = {PNG: "PNG", JPEG: "JPEG"}
_ENDS: Final = {PNG: b"IEND\xaeB`\x82", JPEG: b"\xff\xd9"}


def examine_image(data: bytes, media_type: str) -> None:
    """Raise FileDamaged or FileUnpacksTooLarge unless every pixel can be decoded and nothing comes after them."""
    if not data.endswith(_ENDS[media_type]):
        raise FileDamaged
    try:
        with catch_warnings():
            simplefilter("ignore")
            with Image.open(BytesIO(data), formats=[_FORMATS[media_type]]) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise FileUnpacksTooLarge
                image.load()
    except Image.DecompressionBombError:
        raise FileUnpacksTooLarge from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError):
        raise FileDamaged from None
