"""The plain and the odd file of every kind of media."""

from __future__ import annotations

from collections.abc import Mapping

from gesso.shapes import MediaKind
from tests.hostile.pictures import uri
from tests.media import odd_archives, odd_clips, odd_pictures, odd_sounds
from tests.media.odd import Odd

ODD: Mapping[MediaKind, Mapping[str, Odd]] = {
    "image": odd_pictures.ODD,
    "video": odd_clips.ODD,
    "audio": odd_sounds.ODD,
    "archive": odd_archives.ODD,
    "weights": odd_archives.WEIGHTS,
}


def plain(kind: MediaKind, seconds: float = 1.0) -> str:
    """A data URI of a sound file of that kind."""
    match kind:
        case "image":
            return uri(odd_pictures.plain_picture())
        case "video":
            return uri(odd_clips.plain_clip(seconds), "video/mp4")
        case "audio":
            return uri(odd_sounds.plain_sound(seconds), "audio/wav")
        case "archive":
            return uri(odd_archives.plain_archive(), "application/zip")
        case "weights":
            return uri(odd_archives.weights(), "application/octet-stream")
