"""Machine-readable origin mark in every encoded file (IPTC digital source type, in XMP): made by a trained model, or composed with it."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, PngImagePlugin

_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = f"{_TYPES}trainedAlgorithmicMedia"
COMPOSITE = f"{_TYPES}compositeWithTrainedAlgorithmicMedia"
"""Source type of a picture that people or the bot have changed: text drawn on it, a part cut out."""
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def encoded(picture: Image.Image, kind: str, source_type: str = SOURCE_TYPE, **options: Any) -> bytes:
    """Encode a picture as PNG, JPEG or WEBP, with the mark as its only metadata."""
    picture.info = {}
    mark = XMP.replace(SOURCE_TYPE, source_type)
    out = io.BytesIO()
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_itxt("XML:com.adobe.xmp", mark)
        picture.save(out, kind, pnginfo=notes, **options)
    else:
        picture.save(out, kind, xmp=mark.encode(), **options)
    return out.getvalue()
