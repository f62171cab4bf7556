"""FFmpeg as an endpoint: a video with another sound track."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units
from gesso.shapes import AudioUrl, VideoOutput, VideoUrl
from gesso.tasks import MergeAudioVideo


class MergeInput(Input):
    """A video, a sound and when the sound starts."""

    video_url: VideoUrl = Field(
        description="The video whose pictures to use, copied bit for bit where a container allows, without its sound."
    )
    audio_url: AudioUrl = Field(
        description="The sound to put under them: cut at the video's end, or followed by silence up to it."
    )
    start_offset: float | None = Field(
        None, ge=0, description="Seconds of the video before the sound starts, exact to a sample; absent is at once."
    )

    def task(self) -> MergeAudioVideo:
        return MergeAudioVideo(
            video=self.media("video_url"), audio=self.media("audio_url"), offset=self.start_offset or 0.0
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/ffmpeg-api/merge-audio-video",
        title="FFmpeg merge audio and video",
        about=(
            "Puts a sound file under a video, if wanted some seconds in. No model takes part: the pictures are not "
            "changed, so this is the last step after making video and sound apart."
        ),
        category="video-to-video",
        input=MergeInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/timelapse.mp4",
            "audio_url": "https://example.com/media/piano.wav",
            "start_offset": 1.5,
        },
        units=Units(),
        tags=("ffmpeg", "exact"),
    ),
)
