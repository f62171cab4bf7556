"""Luma Dream Machine: Ray 1.6, Ray 2 and Ray 2 Flash make, change and reframe videos."""

from __future__ import annotations

from typing import Annotated, Literal, get_args
from zlib import crc32

from pydantic import Field

from gesso.catalog.ltx_video_13b_distilled import LTX_DISTILLED
from gesso.catalog.minimax_video import MINIMAX_H3, WAN22_T2V
from gesso.catalog.wan_vace_14b import WAN_VACE
from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import ImageUrl, VideoOutput, VideoUrl, size_for_lines
from gesso.tasks import ImageToVideo, Reframe, TextToVideo, VideoToVideo

Mode = Literal[
    "adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"
]
MODES: tuple[str, ...] = get_args(Mode)
"""From the least to the most change."""

Prompt = Annotated[
    str,
    Field(
        description=(
            "What the video shall show, and what moves in it. A sketch follows verbs (runs, flies, jumps), camera "
            "words (pan left, zoom in) and weather."
        )
    ),
]
Aspect = Annotated[
    Literal["16:9", "9:16", "4:3", "3:4", "21:9", "9:21"], Field(description="Width to height of the video.")
]
Loop = Annotated[
    bool,
    Field(
        description=(
            "Let the end run into the beginning, so that the video can repeat. A sketch that has both pictures reaches "
            "the last one in the middle and goes back."
        )
    ),
]
EndImage = Annotated[ImageUrl | None, Field(description="The picture that the video shall end with.")]
Resolution = Annotated[
    Literal["540p", "720p", "1080p"],
    Field(description="Lines of the shorter side. 720p counts as two units, 1080p as four."),
]
Duration = Annotated[Literal["5s", "9s"], Field(description="Length of the video. Nine seconds count double.")]
# A place far off every canvas is a mistake, and would make a picture of that size.
Pixels = Annotated[int, Field(ge=-16384, le=16384)]


def _lines(resolution: str) -> int:
    return int(resolution.removesuffix("p"))


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


class TextInput(Input):
    """Words and an aspect."""

    prompt: Prompt
    aspect_ratio: Aspect = "16:9"
    loop: Loop = False

    def task(self) -> TextToVideo:
        return TextToVideo(prompt=self.prompt, size=size_for_lines(self.aspect_ratio, 720), seconds=5, loop=self.loop)


class Ray2TextInput(TextInput):
    """Words, an aspect, a size and a length."""

    resolution: Resolution = "540p"
    duration: Duration = "5s"

    def task(self) -> TextToVideo:
        return TextToVideo(
            prompt=self.prompt,
            size=size_for_lines(self.aspect_ratio, _lines(self.resolution)),
            seconds=_seconds(self.duration),
            loop=self.loop,
        )


class ImageInput(Input):
    """A first frame, if wanted a last one, and what shall happen between."""

    prompt: Prompt
    image_url: ImageUrl = Field(description="The picture that the video starts from.")
    end_image_url: EndImage = None
    aspect_ratio: Aspect = "16:9"
    loop: Loop = False

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt,
            start=self.media("image_url"),
            end=self.optional_media("end_image_url"),
            aspect=self.aspect_ratio,
            lines=720,
            seconds=5,
            loop=self.loop,
        )


class Ray2ImageInput(Input):
    """A first frame, a last one or both, and what shall happen."""

    prompt: Prompt
    image_url: ImageUrl | None = Field(
        None, description="The picture that the video starts from; it may be given with the last one or alone."
    )
    end_image_url: EndImage = None
    aspect_ratio: Aspect = "16:9"
    loop: Loop = False
    resolution: Resolution = "540p"
    duration: Duration = "5s"

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt,
            start=self.optional_media("image_url"),
            end=self.optional_media("end_image_url"),
            aspect=self.aspect_ratio,
            lines=_lines(self.resolution),
            seconds=_seconds(self.duration),
            loop=self.loop,
        )


class ModifyInput(Input):
    """A video, how it shall change and how much."""

    video_url: VideoUrl = Field(description="The video to change.")
    image_url: ImageUrl | None = Field(
        None, description="The first frame as it shall look after the change; the rest follows it."
    )
    prompt: str | None = Field(None, description="What shall change: an edit, a look, or a world round the subject.")
    mode: Mode = Field(
        "flex_1", description="How much may change, from `adhere_1` (least) through `flex` to `reimagine_3` (most)."
    )

    def task(self) -> VideoToVideo:
        return VideoToVideo(
            video=self.media("video_url"),
            first_frame=self.optional_media("image_url"),
            prompt=self.prompt or "",
            strength=(MODES.index(self.mode) + 1) / 10,
            # There is no field for it: nine modes of one prompt lie on one way only if they share what is drawn.
            seed=crc32((self.prompt or "").encode()),
        )


class ReframeInput(Input):
    """A video, another aspect and where the source lies on the new canvas."""

    video_url: VideoUrl = Field(description="The video to reframe.")
    aspect_ratio: Literal["1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"] = Field(
        description="Width to height of the result."
    )
    image_url: ImageUrl | None = Field(None, description="The first frame as it shall look on the new canvas.")
    grid_position_x: Pixels | None = Field(None, description="Pixels from the canvas's left edge to the source.")
    grid_position_y: Pixels | None = Field(None, description="Pixels from the canvas's top edge to the source.")
    prompt: str | None = Field(None, description="What the new parts of the picture shall show.")
    x_end: Pixels | None = Field(None, description="Where on the canvas the source ends, from left, in pixels.")
    x_start: Pixels | None = Field(None, description="Where on the canvas the source begins, from left, in pixels.")
    y_end: Pixels | None = Field(None, description="Where on the canvas the source ends, from the top, in pixels.")
    y_start: Pixels | None = Field(None, description="Where on the canvas the source begins, from the top, in pixels.")

    def task(self) -> Reframe:
        return Reframe(
            video=self.media("video_url"),
            aspect=self.aspect_ratio,
            first_frame=self.optional_media("image_url"),
            prompt=self.prompt or "",
            grid=(self.grid_position_x, self.grid_position_y),
            x=(self.x_start, self.x_end),
            y=(self.y_start, self.y_end),
        )


RAY2_UNITS = Units(times={"resolution": {"720p": 2, "1080p": 4}, "duration": {"9s": 2}})

KEYFRAMES = {"image_url": "keyframes.frame0.url", "end_image_url": "keyframes.frame1.url"}
MODIFY = {"video_url": "media.url", "image_url": "first_frame.url"}

WAN_FLF2V = Weights(
    "Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers", pipeline="WanImageToVideoPipeline", licence="Apache-2.0", exact=False
)
LUCY_EDIT = Weights(
    "decart-ai/Lucy-Edit-Dev",
    pipeline="LucyEditPipeline",
    licence="Lucy Edit Dev Non-Commercial License",
    exact=False,
)

ENDPOINTS = (
    Endpoint(
        id="fal-ai/luma-dream-machine",
        title="Luma Dream Machine",
        about=(
            "Makes a five second video from a description. The first generation of Luma's models; kept for programs "
            "that were written for it."
        ),
        category="text-to-video",
        input=TextInput,
        output=VideoOutput,
        example={"prompt": "An owl in aviator goggles glides over a toy city, tilt-shift", "aspect_ratio": "16:9"},
        units=Units(),
        weights=(MINIMAX_H3, WAN22_T2V),
        vendor=Vendor("Luma", model="ray-1-6"),
        tags=("luma", "ray"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/image-to-video",
        title="Luma Dream Machine image to video",
        about=(
            "Sets a picture in motion for five seconds, if wanted towards a second picture. Good for bringing two "
            "keyframes together."
        ),
        category="image-to-video",
        input=ImageInput,
        output=VideoOutput,
        example={
            "prompt": "The tulips open one after another as the sun comes over the wall",
            "image_url": "https://example.com/media/tulips-closed.jpg",
            "end_image_url": "https://example.com/media/tulips-open.jpg",
        },
        units=Units(),
        weights=(MINIMAX_H3, WAN_FLF2V),
        vendor=Vendor("Luma", model="ray-1-6", fields=KEYFRAMES),
        tags=("luma", "ray", "keyframes"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2",
        title="Luma Ray 2",
        about=(
            "Makes a video of five or nine seconds from a description, up to full HD. Good for natural motion and for "
            "shots that shall look filmed."
        ),
        category="text-to-video",
        input=Ray2TextInput,
        output=VideoOutput,
        example={
            "prompt": "Waves roll under a pier in late light, a low camera moves between the posts",
            "aspect_ratio": "21:9",
            "resolution": "720p",
            "duration": "5s",
        },
        units=RAY2_UNITS,
        weights=(MINIMAX_H3, WAN22_T2V),
        vendor=Vendor("Luma", model="ray-2"),
        tags=("luma", "ray"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2-flash",
        title="Luma Ray 2 Flash",
        about=(
            "Ray 2 made quicker: videos of five or nine seconds from a description. Good for trying out a shot before "
            "it is rendered with the full model."
        ),
        category="text-to-video",
        input=Ray2TextInput,
        output=VideoOutput,
        example={
            "prompt": "A street musician plays the cello as pigeons take off around him",
            "resolution": "540p",
            "duration": "9s",
        },
        units=RAY2_UNITS,
        weights=(LTX_DISTILLED.as_substitute(), WAN22_T2V),
        vendor=Vendor("Luma", model="ray-flash-2"),
        tags=("luma", "ray", "fast"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2-flash/image-to-video",
        title="Luma Ray 2 Flash image to video",
        about=(
            "The quicker Ray 2, starting from one picture, ending at one, or moving from one to another. Good for "
            "trying out motion for a picture."
        ),
        category="image-to-video",
        input=Ray2ImageInput,
        output=VideoOutput,
        example={
            "prompt": "The paper crane unfolds and flutters off the desk",
            "image_url": "https://example.com/media/paper-crane.jpg",
            "resolution": "540p",
        },
        units=RAY2_UNITS,
        weights=(LTX_DISTILLED.as_substitute(), WAN_FLF2V),
        vendor=Vendor("Luma", model="ray-flash-2", fields=KEYFRAMES),
        tags=("luma", "ray", "keyframes", "fast"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2-flash/modify",
        title="Luma Ray 2 Flash modify",
        about=(
            "Changes the look or the content of a video and keeps its motion, with the quicker model. Nine steps say "
            "how far it may go."
        ),
        category="video-to-video",
        input=ModifyInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/skater.mp4",
            "prompt": "The skater becomes a robot of brass and glass",
            "mode": "flex_2",
        },
        units=Units(),
        weights=(LUCY_EDIT, WAN_VACE.as_substitute()),
        vendor=Vendor("Luma", model="ray-flash-2", fields=MODIFY),
        tags=("luma", "ray", "restyle", "fast"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2-flash/reframe",
        title="Luma Ray 2 Flash reframe",
        about=(
            "Puts a video on a canvas of another aspect and paints what is missing, with the quicker model. Good for "
            "upright versions of wide clips."
        ),
        category="video-to-video",
        input=ReframeInput,
        output=VideoOutput,
        example={"video_url": "https://example.com/media/surfer.mp4", "aspect_ratio": "9:16"},
        units=Units(),
        weights=(WAN_VACE.as_substitute(),),
        vendor=Vendor("Luma", model="ray-flash-2", fields=MODIFY),
        tags=("luma", "ray", "outpainting", "fast"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2/image-to-video",
        title="Luma Ray 2 image to video",
        about=(
            "Makes a video of five or nine seconds that starts from one picture, ends at one, or moves from one to "
            "another. Good for shots planned as keyframes."
        ),
        category="image-to-video",
        input=Ray2ImageInput,
        output=VideoOutput,
        example={
            "prompt": "The camera circles the lighthouse as its lamp comes on",
            "image_url": "https://example.com/media/lighthouse-day.jpg",
            "end_image_url": "https://example.com/media/lighthouse-night.jpg",
            "resolution": "1080p",
        },
        units=RAY2_UNITS,
        weights=(MINIMAX_H3, WAN_FLF2V),
        vendor=Vendor("Luma", model="ray-2", fields=KEYFRAMES),
        tags=("luma", "ray", "keyframes"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2/modify",
        title="Luma Ray 2 modify",
        about=(
            "Changes the look or the content of a video and keeps its motion and timing. Good for new costumes, "
            "seasons or worlds over one take; nine steps say how far it may go."
        ),
        category="video-to-video",
        input=ModifyInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/market-walk.mp4",
            "prompt": "The market stands in deep snow, breath shows in the air",
            "mode": "adhere_3",
        },
        units=Units(),
        weights=(WAN_VACE.as_substitute(), LUCY_EDIT),
        vendor=Vendor("Luma", model="ray-2", fields=MODIFY),
        tags=("luma", "ray", "restyle"),
    ),
    Endpoint(
        id="fal-ai/luma-dream-machine/ray-2/reframe",
        title="Luma Ray 2 reframe",
        about=(
            "Puts a video on a canvas of another aspect and paints what is missing at its sides. Where the source lies "
            "may be said to the pixel."
        ),
        category="video-to-video",
        input=ReframeInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/interview.mp4",
            "aspect_ratio": "21:9",
            "prompt": "the library goes on to both sides",
        },
        units=Units(),
        weights=(WAN_VACE.as_substitute(),),
        vendor=Vendor("Luma", model="ray-2", fields=MODIFY),
        tags=("luma", "ray", "outpainting"),
    ),
)
