"""`data:` URIs as people really send them: wrapped lines, URL-safe letters, percent signs, no padding."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_HEAD = 1024
"""Characters in which the comma must come."""

_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class DataUri:
    """The parts of a data URI; its body not decoded yet."""

    content_type: str
    is_base64: bool
    body: str


def is_data_uri(text: str) -> bool:
    """Whether this means to be a data URI."""
    return text[:5].lower() == "data:"


def split(text: str) -> DataUri:
    """Take a data URI apart. Raises ValueError where it has no comma."""
    head, comma, body = text[5:].partition(",")
    if not comma or len(head) > _HEAD:
        raise ValueError("no comma after the type")
    kind, *params = head.split(";")
    is_base64 = any(param.strip().lower() == "base64" for param in params)
    return DataUri(kind.strip().lower(), is_base64, body)


def decode(uri: DataUri) -> bytes:
    """The bytes. Raises ValueError where the letters are no base64."""
    if not uri.is_base64:
        return unquote_to_bytes(uri.body)
    body = uri.body
    if "%" in body:
        body = unquote_to_bytes(body).decode("latin-1")
    if not body.isascii():
        raise ValueError("letters that base64 has not")
    letters = _BLANK.sub("", body).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no valid base64") from error
