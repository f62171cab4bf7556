"""Value types that travel on the wire: sizes, files, media rules, and the outputs that endpoints share.

Inputs are never shared across apps (each app's module defines its own); outputs and values are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

ORIGIN = "http://origin.gesso.invalid"
"""Stands in stored results for the origin of whoever reads them; a reply puts the reader's own in its place."""

MIB = 1024 * 1024

# ---------------------------------------------------------------- media inputs

MediaKind = Literal["image", "video", "audio", "archive", "weights"]


@dataclass(frozen=True, slots=True)
class MediaRule:
    """What a URL field accepts, as its page states it: bytes, pixels per side, seconds, aspect (width/height)."""

    kind: MediaKind
    max_bytes: int | None = None
    min_side: int | None = None
    max_side: int | None = None
    max_pixels: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    formats: tuple[str, ...] = ()
    """File extensions that the page allows; none means all that the kind can decode."""


ImageUrl = Annotated[str, MediaRule("image", max_side=14142)]
VideoUrl = Annotated[str, MediaRule("video")]
AudioUrl = Annotated[str, MediaRule("audio")]
ArchiveUrl = Annotated[str, MediaRule("archive", formats=("zip",))]

# ---------------------------------------------------------------- sizes

Preset = Literal["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]

PRESETS: Mapping[str, tuple[int, int]] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}


class ImageSize(BaseModel):
    """A custom picture size in pixels."""

    width: int = Field(512, gt=0, le=14142, description="Width of the picture in pixels.")
    height: int = Field(512, gt=0, le=14142, description="Height of the picture in pixels.")


def _size_kind(value: Any) -> str:
    return "<size>" if isinstance(value, (Mapping, ImageSize)) else "<preset>"


SizeChoice = Annotated[
    Annotated[ImageSize, Tag("<size>")] | Annotated[Preset, Tag("<preset>")],
    Discriminator(_size_kind),
]
"""A preset's name or a custom size. The discriminator makes one mistake give one error; the tags, which errors must
not show, are words that no caller uses as a key."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.width / self.height


def size_of(choice: ImageSize | str) -> Size:
    """The pixels that a size field asks for."""
    if isinstance(choice, ImageSize):
        return Size(choice.width, choice.height)
    return Size(*PRESETS[choice])


def size_for_aspect(ratio: str, area: int = 1024 * 1024, multiple: int = 16) -> Size:
    """The size of about `area` pixels with aspect `"W:H"`, both sides a multiple of `multiple`."""
    across, down = (float(part) for part in ratio.split(":"))
    width = math.sqrt(area * across / down)
    sides = (max(multiple, round(side / multiple) * multiple) for side in (width, width * down / across))
    return Size(*sides)


def size_for_lines(ratio: str, lines: int) -> Size:
    """The size of aspect `"W:H"` whose shorter side is `lines`: what video pages mean by 720p. The other is even."""
    across, down = (float(part) for part in ratio.split(":"))
    longer = round(lines * max(across, down) / min(across, down) / 2) * 2
    return Size(longer, lines) if across >= down else Size(lines, longer)


# ---------------------------------------------------------------- small fields


def _digits(value: Any) -> Any:
    """5 and 5.0 for "5": enums of numbers take the number and the string."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


NumericText = BeforeValidator(_digits)
"""Marks an enum whose values are numbers written as strings: `Annotated[Literal["5", "10"], NumericText]`."""

Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""A seed; it is echoed exactly, so it must fit the database's integer."""

NumImages = Annotated[int, Field(ge=1)]
"""How many pictures; the upper bound is the page's, else the setting `max_images`."""

Acceleration = Literal["none", "regular", "high"]
PictureFormat = Literal["jpeg", "png"]
SafetyTolerance = Annotated[Literal["1", "2", "3", "4", "5", "6"], NumericText]

CONTENT_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "pcm": "audio/pcm",
    "glb": "model/gltf-binary",
    "obj": "model/obj",
    "mtl": "model/mtl",
    "fbx": "application/octet-stream",
    "usdz": "model/vnd.usdz+zip",
    "zip": "application/zip",
    "safetensors": "application/octet-stream",
    "json": "application/json",
    "txt": "text/plain",
    "html": "text/html",
    "pdf": "application/pdf",
}
"""Extension to content type for what Gesso stores."""

EXTENSIONS: Mapping[str, str] = {
    mime: ext for ext, mime in reversed(list(CONTENT_TYPES.items())) if mime != "application/octet-stream"
}
"""Content type to the extension a stored file gets."""

# ---------------------------------------------------------------- outputs


class Output(BaseModel):
    """Base of endpoint outputs. Built from a result's values by name; values an output does not name are left out."""

    model_config = ConfigDict(extra="ignore")


class File(BaseModel):
    """A stored file."""

    url: str = Field(description="Address of the file, or a data URI where sync_mode asked for one.")
    content_type: str = Field(description="Media type of the bytes.")
    file_name: str = Field(description="Name of the file.")
    file_size: int = Field(description="Size in bytes.")


class Image(File):
    """A stored picture."""

    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")


class VideoFile(Image):
    """A stored video with its measures."""

    fps: float = Field(description="Frames per second.")
    duration: float = Field(description="Length in seconds.")
    num_frames: int = Field(description="Number of frames.")


Timings = dict[str, float]
"""Seconds by stage name."""


class ImagesOutput(Output):
    """What the diffusion-style endpoints answer."""

    images: list[Image] = Field(description="The pictures that were made.")
    timings: Timings = Field(description="Seconds spent, by stage.")
    seed: int = Field(description="The seed that was used; give it again for the same pictures.")
    has_nsfw_concepts: list[bool] = Field(description="For each picture, whether the safety checker flagged it.")
    prompt: str = Field(description="The prompt that was used.")


class SeededImagesOutput(Output):
    """Pictures with their seed."""

    images: list[Image] = Field(description="The pictures that were made.")
    seed: int = Field(description="The seed that was used; give it again for the same pictures.")


class ImageListOutput(Output):
    """Pictures alone."""

    images: list[Image] = Field(description="The pictures that were made.")


class ImageOutput(Output):
    """One picture."""

    image: Image = Field(description="The picture that was made.")


class SeededImageOutput(ImageOutput):
    """One picture with its seed."""

    seed: int = Field(description="The seed that was used; give it again for the same picture.")


class VideoOutput(Output):
    """One video."""

    video: File = Field(description="The video that was made.")


class SeededVideoOutput(VideoOutput):
    """One video with its seed."""

    seed: int = Field(description="The seed that was used; give it again for the same video.")


class PromptedVideoOutput(VideoOutput):
    """One video with its prompt and seed."""

    prompt: str = Field(description="The prompt that was used.")
    seed: int = Field(description="The seed that was used; give it again for the same video.")


class AudioOutput(Output):
    """One sound file."""

    audio: File = Field(description="The sound that was made.")
