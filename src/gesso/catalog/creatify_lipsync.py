"""Creatify lipsync: a filmed face that speaks given words."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import AudioUrl, VideoOutput, VideoUrl
from gesso.tasks import LipSync

LATENTSYNC = Weights("ByteDance/LatentSync-1.6", pipeline="LatentSync", licence="Apache-2.0", memory_gb=18, exact=False)
"""What stands in, with open weights, for closed lip-sync models."""


class LipsyncInput(Input):
    """A video and the sound its face shall speak."""

    audio_url: AudioUrl = Field(description="The speech or song, as a sound file.")
    video_url: VideoUrl = Field(description="The video of the face that shall speak it.")
    loop: bool = Field(
        True,
        description=(
            "Start the video again where the sound is longer than it; else its last frame is held. The result is as "
            "long as the sound."
        ),
    )

    def task(self) -> LipSync:
        return LipSync(video=self.media("video_url"), audio=self.media("audio_url"), loop=self.loop)


ENDPOINTS = (
    Endpoint(
        id="creatify/lipsync",
        title="Creatify Lipsync",
        about=(
            "Redraws the mouth in a video so that it fits another sound. Good for dubbing a clip, or for giving a "
            "silent take of a speaker a new text."
        ),
        category="video-to-video",
        input=LipsyncInput,
        output=VideoOutput,
        example={
            "audio_url": "https://example.com/media/welcome-speech.mp3",
            "video_url": "https://example.com/media/presenter.mp4",
            "loop": True,
        },
        units=Units(),
        weights=(LATENTSYNC,),
        tags=("lip sync", "dubbing"),
    ),
)
