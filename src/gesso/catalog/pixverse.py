"""PixVerse: videos from a picture, carried on, or made to speak."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gesso.catalog.creatify_lipsync import LATENTSYNC
from gesso.catalog.ltx_video_13b_distilled import LTX_DISTILLED
from gesso.catalog.magi import MAGI
from gesso.catalog.minimax_video import MINIMAX_H3, WAN22_I2V
from gesso.endpoint import Endpoint, Input, Units, Vendor
from gesso.shapes import AudioUrl, ImageUrl, NumericText, Seed, VideoOutput, VideoUrl
from gesso.tasks import ExtendVideo, ImageToVideo, LipSync, Look, Sampling

Voice = Literal[
    "Emily",
    "James",
    "Isabella",
    "Liam",
    "Chloe",
    "Adrian",
    "Harper",
    "Ava",
    "Sophia",
    "Julia",
    "Mason",
    "Jack",
    "Oliver",
    "Ethan",
    "Auto",
]


class ExtendInput(Input):
    """A video and what shall happen next."""

    video_url: VideoUrl = Field(description="The video to carry on.")
    prompt: str = Field(
        description=(
            "What the new part shall show. A sketch follows camera moves, looks and edits in it and otherwise goes on "
            "as the video went."
        )
    )
    negative_prompt: str = Field(
        "", description="What it shall not show; a sketch leaves out camera moves and looks that are named here."
    )
    style: Literal["anime", "3d_animation", "day", "cyberpunk", "comic"] | None = Field(
        None, description="A look for the new part; absent keeps that of the video."
    )
    resolution: Literal["360p", "540p", "720p"] = Field(
        "720p", description="Lines of the shorter side. The fast mode has no 1080p."
    )
    model: Literal["v3.5", "v4", "v4.5"] = Field(
        "v4.5", description="Version of the vendor's model; a sketch has one way for all of them."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    generate_audio_switch: bool = Field(
        False, description="Accepted because today's clients send it; nothing depends on it yet."
    )

    def task(self) -> ExtendVideo:
        return ExtendVideo(
            video=self.media("video_url"),
            prompt=self.prompt,
            seconds=5,
            lines=int(self.resolution.removesuffix("p")),
            seed=self.seed,
            sampling=Sampling(negative_prompt=self.negative_prompt),
            look=Look(style=self.style),
            options={"model": self.model},
        )


class LipsyncInput(Input):
    """A video of a face, and the sound or the text that it shall speak."""

    video_url: VideoUrl = Field(description="The video of the face.")
    audio_url: AudioUrl | None = Field(None, description="The speech as a sound file. Without one, `text` is read out.")
    voice_id: Voice = Field(
        "Auto",
        description=(
            "The voice that reads `text`; `Auto` picks one. In a sketch all are made from one learned voice by pitch, "
            "throat, pace and breath: they differ clearly and imitate nobody."
        ),
    )
    text: str | None = Field(
        None,
        description=(
            "The words to read out, where no sound file is given. A sketch reads up to 2,000 characters by English "
            "rules."
        ),
    )

    def task(self) -> LipSync:
        return LipSync(
            video=self.media("video_url"),
            audio=self.optional_media("audio_url"),
            text=self.text,
            voice=self.voice_id,
        )


class ImageToVideoInput(Input):
    """A first frame, what shall happen in it, and the video's form."""

    prompt: str = Field(
        description=(
            "What the video shall show, and what moves in it. A sketch follows verbs (runs, flies, jumps), camera "
            "words (pan left, zoom in) and weather."
        )
    )
    aspect_ratio: Literal["16:9", "4:3", "1:1", "3:4", "9:16"] = Field(
        "16:9", description="Width to height of the video."
    )
    resolution: Literal["360p", "540p", "720p", "1080p"] = Field("720p", description="Lines of the shorter side.")
    duration: Annotated[Literal["5", "8"], NumericText] = Field(
        "5", description="Length in seconds. Eight count double and are not to be had at 1080p."
    )
    negative_prompt: str = Field(
        "",
        description="What the video shall not show. A sketch leaves such verbs, weather and camera moves out.",
    )
    style: Literal["anime", "3d_animation", "clay", "comic", "cyberpunk"] | None = Field(
        None, description="A look for the video; absent keeps that of the picture."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    image_url: ImageUrl = Field(description="The picture that the video starts from.")

    @field_validator("duration")
    @classmethod
    def _fits_resolution(cls, duration: str, info: ValidationInfo) -> str:
        if duration == "8" and info.data.get("resolution") == "1080p":
            raise PydanticCustomError("value_error", "Videos at 1080p can be at most 5 seconds long")
        return duration

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt,
            start=self.media("image_url"),
            aspect=self.aspect_ratio,
            lines=int(self.resolution.removesuffix("p")),
            seconds=float(self.duration),
            seed=self.seed,
            sampling=Sampling(negative_prompt=self.negative_prompt),
            look=Look(style=self.style),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/pixverse/extend/fast",
        title="PixVerse extend, fast",
        about=(
            "Carries a video on as the prompt says, in the vendor's quick mode. Good for trying out how a clip might "
            "go on."
        ),
        category="video-to-video",
        input=ExtendInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/dog-at-door.mp4",
            "prompt": "The door opens and the dog bounds out into the garden",
            "resolution": "540p",
        },
        units=Units(),
        weights=(MAGI.as_substitute(), LTX_DISTILLED.as_substitute()),
        vendor=Vendor("PixVerse", model="v4.5", fields={"resolution": "quality", "video_url": "video_media_id"}),
        tags=("pixverse", "extend", "fast"),
    ),
    Endpoint(
        id="fal-ai/pixverse/lipsync",
        title="PixVerse lipsync",
        about=(
            "Makes the face in a video speak a sound file, or a text read by one of fourteen voices. Good for "
            "presenters and for dubbing without a recording."
        ),
        category="video-to-video",
        input=LipsyncInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/guide.mp4",
            "text": "Welcome aboard. The tour starts in five minutes at the stern.",
            "voice_id": "Harper",
        },
        units=Units(),
        weights=(LATENTSYNC,),
        vendor=Vendor(
            "PixVerse",
            model="lip_sync",
            fields={
                "video_url": "video_media_id",
                "audio_url": "audio_media_id",
                "voice_id": "lip_sync_tts_speaker_id",
                "text": "lip_sync_tts_content",
            },
        ),
        tags=("pixverse", "lip sync", "speech"),
    ),
    Endpoint(
        id="fal-ai/pixverse/v5/image-to-video",
        title="PixVerse 5 image to video",
        about=(
            "Sets a picture in motion for five or eight seconds, if wanted in one of five looks. Good for lively clips "
            "from drawings and photographs."
        ),
        category="image-to-video",
        input=ImageToVideoInput,
        output=VideoOutput,
        example={
            "prompt": "The clay snail leaves its shell and waves",
            "aspect_ratio": "1:1",
            "resolution": "540p",
            "duration": "5",
            "style": "clay",
            "image_url": "https://example.com/media/clay-snail.png",
        },
        units=Units(times={"duration": {"8": 2}}),
        weights=(MINIMAX_H3, WAN22_I2V, LTX_DISTILLED.as_substitute()),
        vendor=Vendor("PixVerse", model="v5", fields={"resolution": "quality", "image_url": "img_id"}),
        tags=("pixverse", "styles"),
    ),
)
