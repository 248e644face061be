"""Metadata of picture files: how the picture was made, and its recipe.

PNG in text chunks (PNG specification, third edition, 11.3.3), WebP in XMP (ISO 16684-1, with
IPTC's property for pictures that a model made), JPEG in its comment.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from PIL.PngImagePlugin import PngInfo

from latentstudio import __version__

MADE = f"made with a generative model, LatentStudio {__version__}"
KEY = "latentstudio"
"""Keyword of the chunk with the recipe."""
ENDINGS = (".png", ".webp")
"""Of files that carry a recipe."""
MOST_TEXT = 768 * 1024
"""Characters of a recipe: below what readers of PNG take as one text."""
_OPEN, _CLOSE = b"<latentstudio:recipe>", b"</latentstudio:recipe>"
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class PictureMetadata:
    """Metadata of one picture.

    Attributes:
        made: One line, or empty.
        recipe: The recipe's text, or empty.
    """

    made: str = ""
    recipe: str = ""


NOTHING = PictureMetadata()


def add_chunks(chunks: PngInfo, metadata: PictureMetadata) -> None:
    """Put it into the chunks of a PNG file."""
    if metadata.made:
        chunks.add_text("Description", metadata.made)
    if metadata.recipe:
        chunks.add_itxt(KEY, metadata.recipe)  # not packed: readers limit what they unpack


def settings_for(kind: str, metadata: PictureMetadata) -> dict[str, Any]:
    """Further settings with which Pillow saves a WebP or JPEG file."""
    if kind == "WEBP" and (metadata.made or metadata.recipe):
        return {"xmp": xmp(metadata)}
    return {"comment": metadata.made.encode()} if kind == "JPEG" and metadata.made else {}


def xmp(metadata: PictureMetadata) -> bytes:
    """An XMP packet."""
    made = (
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(metadata.made)}</rdf:li>'
        f"</rdf:Alt></dc:description><Iptc4xmpExt:DigitalSourceType>{_SOURCE}"
        "</Iptc4xmpExt:DigitalSourceType>"
    )
    packed = base64.b64encode(metadata.recipe.encode())
    recipe = (_OPEN + packed + _CLOSE).decode() if metadata.recipe else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:latentstudio="urn:latentstudio:1">'
        f"{made if metadata.made else ''}{recipe}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def xmp_recipe(packet: bytes) -> str | None:
    """The recipe in an XMP packet, found without an XML parser; None where there is none."""
    start = packet.find(_OPEN)
    end = packet.find(_CLOSE, start)
    if start < 0 or end < 0 or end - start > 2 * MOST_TEXT:
        return None
    try:
        return base64.b64decode(packet[start + len(_OPEN) : end], validate=True).decode()
    except (binascii.Error, ValueError):
        return None
