"""Kling: videos from words or a picture, and sound for silent videos."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gesso.catalog.minimax_music import MINIMAX_MUSIC3
from gesso.catalog.minimax_video import MINIMAX_H3, WAN22_I2V, WAN22_T2V
from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import MIB, File, ImageUrl, MediaRule, NumericText, VideoOutput, size_for_lines
from gesso.tasks import ImageToVideo, Sampling, TextToVideo, VideoToAudio

LINES = 1080
"""The master models render nothing smaller."""

NEGATIVE_PROMPT = "blur, distort, and low quality"

Prompt = Annotated[
    str,
    Field(
        description=(
            "What the video shall show, and what moves in it. A sketch follows verbs (runs, flies, jumps), camera "
            "words (pan left, zoom in) and weather."
        )
    ),
]
Duration = Annotated[Literal["5", "10"], NumericText, Field(description="Length of the video in seconds.")]
NegativePrompt = Annotated[
    str,
    Field(
        description=(
            "What the video shall not show. A sketch leaves such things, verbs, weather and camera moves out; words "
            "about quality mean nothing to it."
        )
    ),
]
CfgScale = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        description=(
            "How closely to follow the prompt: 0 is freely, 1 is to the letter. In a sketch, how far camera and things "
            "move."
        ),
    ),
]


def _sampling(negative_prompt: str, cfg_scale: float) -> Sampling:
    # Kling's scale ends at 1 where the usual guidance scale ends at about 10.
    return Sampling(guidance=10 * cfg_scale, negative_prompt=negative_prompt)


class ImageToVideoInput(Input):
    """A first frame and what shall happen in it."""

    prompt: Prompt
    image_url: ImageUrl = Field(description="The picture that the video starts from; its aspect is the video's.")
    duration: Duration = "5"
    negative_prompt: NegativePrompt = NEGATIVE_PROMPT
    cfg_scale: CfgScale = 0.5

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt,
            start=self.media("image_url"),
            lines=LINES,
            seconds=float(self.duration),
            sampling=_sampling(self.negative_prompt, self.cfg_scale),
        )


class TextToVideoInput(Input):
    """Words, a length and an aspect."""

    prompt: Prompt
    duration: Duration = "5"
    aspect_ratio: Literal["16:9", "9:16", "1:1"] = Field("16:9", description="Width to height of the video.")
    negative_prompt: NegativePrompt = NEGATIVE_PROMPT
    cfg_scale: CfgScale = 0.5

    def task(self) -> TextToVideo:
        return TextToVideo(
            prompt=self.prompt,
            size=size_for_lines(self.aspect_ratio, LINES),
            seconds=float(self.duration),
            sampling=_sampling(self.negative_prompt, self.cfg_scale),
        )


class VideoToAudioInput(Input):
    """A silent video and what shall be heard in it."""

    video_url: Annotated[
        str, MediaRule("video", max_bytes=100 * MIB, min_seconds=3, max_seconds=20, formats=("mp4", "mov"))
    ] = Field(description="The video to give a sound: MP4 or MOV, 3 to 20 seconds, at most 100 MB.")
    sound_effect_prompt: str = Field(
        "Car tires screech as they accelerate in a drag race",
        max_length=200,
        description=(
            "Which noises shall be heard. The default is an example: say what fits your video. A sketch knows some "
            "thirty noises by their words, puts the short ones where something moves, and logs words it does not know."
        ),
    )
    background_music_prompt: str = Field(
        "intense car race",
        max_length=200,
        description=(
            "Which music shall play. The default is an example: say what fits your video. A sketch reads genre, mood, "
            "tempo, key and instruments out of it; empty is no music."
        ),
    )
    asmr_mode: bool = Field(
        False, description="Bring out small, near sounds: lasting noises and music go back, short ones come close."
    )

    def task(self) -> VideoToAudio:
        return VideoToAudio(
            video=self.media("video_url"),
            effects=self.sound_effect_prompt,
            music=self.background_music_prompt,
            asmr=self.asmr_mode,
        )


class VideoToAudioOutput(VideoOutput):
    """The video with its new sound, and the sound alone."""

    video: File = Field(description="The given video with the new sound.")
    audio: File = Field(description="The new sound alone, as MP3.")


ENDPOINTS = (
    Endpoint(
        id="fal-ai/kling-video/v2.1/master/image-to-video",
        title="Kling 2.1 Master image to video",
        about=(
            "Sets a picture in motion for five or ten seconds in full HD. The strongest model of its generation: good "
            "for shots in which people and cameras move a lot."
        ),
        category="image-to-video",
        input=ImageToVideoInput,
        output=VideoOutput,
        example={
            "prompt": "The cyclist pushes off and rolls down the hill, the camera follows at her side",
            "image_url": "https://example.com/media/cyclist.jpg",
            "duration": "5",
        },
        units=Units(),
        weights=(MINIMAX_H3, WAN22_I2V),
        vendor=Vendor("Kling", model="kling-v2-1-master", fields={"image_url": "image"}),
        tags=("kling", "full hd"),
    ),
    Endpoint(
        id="fal-ai/kling-video/v2.1/master/text-to-video",
        title="Kling 2.1 Master text to video",
        about=(
            "Makes five or ten seconds of full HD video from a description. Good for scenes with rich motion that "
            "shall look filmed."
        ),
        category="text-to-video",
        input=TextToVideoInput,
        output=VideoOutput,
        example={
            "prompt": "A glassblower turns a glowing vase in a dark workshop, sparks drift past the lens",
            "duration": "10",
            "aspect_ratio": "9:16",
        },
        units=Units(),
        weights=(MINIMAX_H3, WAN22_T2V),
        vendor=Vendor("Kling", model="kling-v2-1-master"),
        tags=("kling", "full hd"),
    ),
    Endpoint(
        id="fal-ai/kling-video/video-to-audio",
        title="Kling video to audio",
        about=(
            "Watches a silent video and makes the noises and the music that fit it, in time with the picture. Answers "
            "with the video with sound and with the sound alone."
        ),
        category="video-to-audio",
        input=VideoToAudioInput,
        output=VideoToAudioOutput,
        example={
            "video_url": "https://example.com/media/steam-train.mp4",
            "sound_effect_prompt": "Steam hisses, wheels clatter over the points",
            "background_music_prompt": "calm strings",
        },
        units=Units(),
        weights=(
            Weights("hkchengrex/MMAudio", pipeline="MMAudio", licence="CC-BY-NC-4.0", memory_gb=6, exact=False),
            MINIMAX_MUSIC3,
        ),
        vendor=Vendor(
            "Kling",
            model="video-to-audio",
            fields={"background_music_prompt": "bgm_prompt"},
        ),
        tags=("kling", "sound effects", "music"),
    ),
)
