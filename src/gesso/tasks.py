"""Engine-neutral work orders: what an endpoint's input *means*. 67 endpoints make 18 tasks, three engines read them.

A task names what is asked, never how a model does it. Lengths are pixels, durations seconds, fractions 0..1.
Media come as `media.Media`: a URL when the task is made, a local path once `blobs.fetch` has been through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gesso.media import Media
from gesso.shapes import Size

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank adapter: an URL, hub id or local path, and how strongly it counts."""

    path: str
    scale: float = 1.0
    weight_name: str | None = None
    file: Media | None = None
    """What `path` leads to, where it is a URL: it is fetched like any other input."""


@dataclass(frozen=True, slots=True)
class Control:
    """A structure to follow: a control picture, and the part of the run in which it counts."""

    path: str
    image: Media
    scale: float = 1.0
    start: float = 0.0
    end: float = 1.0
    sets_size: bool = False
    """Whether the result takes the control picture's size instead of the task's."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture whose look (palette, texture) shall show, within an optional mask."""

    path: str
    image: Media
    scale: float = 1.0
    mask: Media | None = None
    mask_threshold: float = 0.5
    options: Mapping[str, str] | None = None
    """Names of the adapter's files (`subfolder`, `weight_name`, image encoder), for engines that load weights."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a picture or video model is asked to sample. Engines that do not sample map these to effort and contrast."""

    steps: int | None = None
    guidance: float | None = None
    acceleration: str = "none"
    negative_prompt: str = ""
    scheduler: str | None = None
    image_guidance: float | None = None
    guidance_range: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture shall look beyond its prompt."""

    style: str | None = None
    """The endpoint's own style word, e.g. `digital_illustration/pixel_art`."""
    style_id: str | None = None
    colors: tuple[RGB, ...] = ()
    loras: tuple[Lora, ...] = ()
    control: Control | None = None
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Safety:
    """What the caller asked of the safety checker."""

    check: bool = True
    tolerance: int | None = None
    """1 (strictest) to 6, where the endpoint has such a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Base of all tasks."""

    name: ClassVar[str] = ""
    """The task's name in docs, logs and errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTask(Task):
    """What all tasks that make pictures share."""

    prompt: str = ""
    seed: int | None = None
    num_images: int = 1
    format: str = "png"
    """Extension of the output: png, jpeg, webp, svg."""
    sampling: Sampling = Sampling()
    look: Look = Look()
    safety: Safety = Safety()
    expand_prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToImage(PictureTask):
    """Pictures from words."""

    name: ClassVar[str] = "text-to-image"
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class EditImage(PictureTask):
    """Given pictures changed as an instruction says; the first is the one to edit, further ones are material."""

    name: ClassVar[str] = "edit-image"
    images: tuple[Media, ...]
    size: Size | None = None
    """Exact size of the result; none derives it from the first picture."""
    aspect: str | None = None
    """`"W:H"` of the result; none keeps the picture's own."""
    snap: bool = False
    """Choose the nearest of the usual sizes of about one megapixel instead of the picture's own size."""
    strength: float | None = None
    """0 leaves the picture as it is, 1 keeps nothing; none where the endpoint has no such field."""
    operation: str = "instruct"
    """`instruct`, or a fixed edit: `background`, `color`, `face`, `remove`, `restyle` (prompt with strength)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inpaint(PictureTask):
    """The masked part of a picture made new, following a reference picture."""

    name: ClassVar[str] = "inpaint"
    image: Media
    mask: Media
    reference: Media | None = None
    strength: float = 0.88


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpen(Task):
    """A picture sharpened: `basic` (unsharp mask), `smart` (denoise, then edges), `cas` (contrast adaptive)."""

    name: ClassVar[str] = "sharpen"
    image: Media
    mode: str = "basic"
    radius: int = 1
    alpha: float = 1.0
    noise_radius: int = 7
    preserve_edges: float = 0.75
    smart_strength: float = 5.0
    smart_ratio: float = 0.5
    cas_amount: float = 0.8
    format: str = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detect(Task):
    """Boxes around what a phrase names."""

    name: ClassVar[str] = "detect"
    image: Media
    prompt: str
    preview: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTask(Task):
    """What all tasks that make videos share."""

    prompt: str = ""
    seed: int | None = None
    sampling: Sampling = Sampling()
    look: Look = Look()
    safety: Safety = Safety()
    expand_prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToVideo(VideoTask):
    """A video from words."""

    name: ClassVar[str] = "text-to-video"
    size: Size
    seconds: float
    fps: float = 24.0
    loop: bool = False
    audio: bool = False
    """Whether the video has sound."""
    audio_negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A picture or clip that the video must show at a frame, and how strictly."""

    media: Media
    frame: int = 0
    strength: float = 1.0
    kind: str = "rgb"
    """`rgb`, `depth`, `pose` or `canny`: how to read a clip."""
    preprocess: bool = True
    reverse: bool = False
    max_frames: int | None = None
    fps: float | None = None
    """Resample the clip to this rate; none keeps its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToVideo(VideoTask):
    """A video that starts from, ends at or passes through given pictures and clips."""

    name: ClassVar[str] = "image-to-video"
    start: Media | None = None
    end: Media | None = None
    conditions: tuple[Condition, ...] = ()
    size: Size | None = None
    """Exact size; none takes the aspect of the first picture at `lines` of resolution."""
    aspect: str | None = None
    lines: int = 720
    """Length of the shorter side, where the size follows from an aspect."""
    seconds: float = 5.0
    frames: int | None = None
    """Exact number of frames, where the endpoint counts those; overrides `seconds`."""
    fps: float = 24.0
    loop: bool = False
    reverse: bool = False
    options: Mapping[str, Any] | None = None
    """Sampler details that only engines with weights read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoToVideo(VideoTask):
    """A video made new on the structure of another."""

    name: ClassVar[str] = "video-to-video"
    video: Media | None
    operation: str = "restyle"
    """`restyle`, or VACE's `depth`, `pose`, `inpainting`, `outpainting`, `reframe`."""
    strength: float = 0.5
    first_frame: Media | None = None
    references: tuple[Media, ...] = ()
    mask_video: Media | None = None
    mask_image: Media | None = None
    lines: int | None = None
    aspect: str | None = None
    frames: int | None = None
    fps: float | None = None
    first_seconds: float | None = None
    motions: tuple[str, ...] = ()
    preprocess: bool = True
    match_frames: bool = False
    match_fps: bool = False
    options: Mapping[str, Any] | None = None
    """Sampler details that only engines with weights read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendVideo(VideoTask):
    """A video carried on from one of its frames."""

    name: ClassVar[str] = "extend-video"
    video: Media
    start_frame: int | None = None
    frames: int | None = None
    seconds: float | None = None
    lines: int = 720
    aspect: str | None = None
    options: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reframe(VideoTask):
    """A video on a canvas of another aspect; what is new is painted."""

    name: ClassVar[str] = "reframe"
    video: Media
    aspect: str
    first_frame: Media | None = None
    grid: tuple[int | None, int | None] = (None, None)
    """Top left corner of the source on the new canvas, pixels."""
    x: tuple[int | None, int | None] = (None, None)
    y: tuple[int | None, int | None] = (None, None)
    """Start and end of the source on the canvas, pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSync(Task):
    """A face that speaks a sound or a text. `video` or `image` holds the face, `audio` or `text` the speech."""

    name: ClassVar[str] = "lip-sync"
    video: Media | None = None
    image: Media | None = None
    audio: Media | None = None
    text: str | None = None
    voice: str | None = None
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToMusic(Task):
    """A song from a style and lyrics, or like a reference."""

    name: ClassVar[str] = "text-to-music"
    style: str = ""
    lyrics: str = ""
    reference: Media | None = None
    sample_rate: int = 44100
    bitrate: int = 256000
    format: str = "mp3"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoToAudio(Task):
    """Sound effects and music for a silent video."""

    name: ClassVar[str] = "video-to-audio"
    video: Media
    effects: str = ""
    music: str = ""
    asmr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAudioVideo(Task):
    """A video with a given sound, which starts `offset` seconds in."""

    name: ClassVar[str] = "merge-audio-video"
    video: Media
    audio: Media
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolate(Task):
    """New frames between a video's frames: `2 ** passes` as many, resampled to `fps`."""

    name: ClassVar[str] = "interpolate"
    video: Media
    fps: int = 24
    passes: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleVideo(Task):
    """A video with `scale` times the pixels per side."""

    name: ClassVar[str] = "upscale-video"
    video: Media
    scale: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesTo3D(Task):
    """A mesh from views of one object."""

    name: ClassVar[str] = "images-to-3d"
    images: tuple[Media, ...]
    topology: str = "triangle"
    polycount: int = 30000
    symmetry: str = "auto"
    remesh: bool = True
    texture: bool = True
    pbr: bool = False
    pose: str = ""
    """`a-pose`, `t-pose`, or nothing to keep a figure's own."""
    texture_prompt: str = ""
    texture_image: Media | None = None
    safety: Safety = Safety()


@dataclass(frozen=True, slots=True, kw_only=True)
class Train(Task):
    """A LoRA trained on an archive of pictures or clips with captions."""

    name: ClassVar[str] = "train"
    data: Media
    base: str
    """What is trained on: `wan-t2v-1.3b`, `wan-t2v-14b`, `wan-i2v-14b`."""
    steps: int = 400
    learning_rate: float = 2e-4
    trigger: str = ""
    auto_scale: bool = False
