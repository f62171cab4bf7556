"""MiniMax music: songs from lyrics, after a reference song or a described style."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import AudioOutput, MediaRule, NumericText
from gesso.tasks import TextToMusic

MINIMAX_MUSIC3 = Weights(
    "MiniMaxAI/MiniMax-Music3",
    pipeline="ModularPipeline",
    licence="MiniMax Music3 Community License",
    memory_gb=23,
    exact=False,
)


class ReferenceSongInput(Input):
    """Lyrics and a song to sound like."""

    prompt: str = Field(
        max_length=600,
        description=(
            "The lyrics, one line each; an empty line is a pause. Put `##` before and after them for an accompaniment. "
            "A sketch sings them by English rules, and without the marks to a piano alone."
        ),
    )
    reference_audio_url: Annotated[str, MediaRule("audio", min_seconds=15, formats=("wav", "mp3"))] = Field(
        description=(
            "A song with music and voice to sound like: WAV or MP3, longer than 15 seconds. A sketch measures its "
            "tempo and its key, and how sharp its onsets are, which chooses the band; it copies no tune and no voice."
        )
    )

    def task(self) -> TextToMusic:
        return TextToMusic(lyrics=self.prompt, reference=self.media("reference_audio_url"))


class AudioSetting(BaseModel):
    """How the sound file is written."""

    sample_rate: Annotated[Literal["8000", "16000", "22050", "24000", "32000", "44100"], NumericText] = Field(
        default="44100", description="Samples per second."
    )
    bitrate: Annotated[Literal["32000", "64000", "128000", "256000"], NumericText] = Field(
        default="256000",
        description=(
            "Bits per second, where the format is compressed with loss. MP3 carries at most 64,000 at 8,000 samples a "
            "second and 160,000 at 16,000 to 24,000; the log says when that is less than asked."
        ),
    )
    format: Literal["mp3", "pcm", "flac"] = Field(
        default="mp3", description="File format; `pcm` is bare 16-bit little-endian samples of two channels."
    )


class StyledSongInput(Input):
    """Lyrics and a style in words."""

    prompt: str = Field(
        min_length=10,
        max_length=600,
        description=(
            "The lyrics. `[intro]`, `[verse]`, `[chorus]`, `[bridge]` and `[outro]` name the parts. A sketch sings "
            "them by English rules and plays what cannot be pronounced."
        ),
    )
    audio_setting: AudioSetting | None = Field(None, description="How the sound file shall be written.")
    lyrics_prompt: str = Field(
        min_length=10,
        max_length=300,
        description=(
            "How the song shall sound: genre, mood, instruments, voice. A sketch also takes `120 bpm`, `in A minor`, "
            "`no drums` and `a cappella` at their word."
        ),
    )

    def task(self) -> TextToMusic:
        setting = self.audio_setting or AudioSetting()
        return TextToMusic(
            lyrics=self.prompt,
            style=self.lyrics_prompt,
            sample_rate=int(setting.sample_rate),
            bitrate=int(setting.bitrate),
            format=setting.format,
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/minimax-music",
        title="MiniMax Music",
        about=(
            "Sings your lyrics to music that sounds like a song you give. Good for jingles and demos in a known style."
        ),
        category="text-to-audio",
        input=ReferenceSongInput,
        output=AudioOutput,
        example={
            "prompt": "##Morning on the river\nMist upon the stone\n\nRow me to the market\nRow me slowly home##",
            "reference_audio_url": "https://example.com/media/folk-song.mp3",
        },
        units=Units(),
        weights=(
            Weights("ACE-Step/acestep-v15-xl-turbo-diffusers", pipeline="AceStepPipeline", licence="MIT", exact=False),
            MINIMAX_MUSIC3,
        ),
        vendor=Vendor("MiniMax", model="music-01", fields={"prompt": "lyrics"}),
        tags=("minimax", "song", "lyrics"),
    ),
    Endpoint(
        id="fal-ai/minimax-music/v1.5",
        title="MiniMax Music 1.5",
        about=(
            "Makes a sung piece from lyrics with named parts and a description of its style. Good for whole songs "
            "where no recording serves as a model."
        ),
        category="text-to-audio",
        input=StyledSongInput,
        output=AudioOutput,
        example={
            "prompt": "[verse]\nThe last tram hums along the quay\n[chorus]\nCome home, come home",
            "audio_setting": {"sample_rate": "44100", "bitrate": "128000", "format": "mp3"},
            "lyrics_prompt": "slow waltz, accordion and double bass, warm low voice",
        },
        units=Units(),
        weights=(MINIMAX_MUSIC3,),
        # The vendor calls the lyrics `lyrics` and the style `prompt`: nearly the other way round.
        vendor=Vendor("MiniMax", model="music-1.5", fields={"prompt": "lyrics", "lyrics_prompt": "prompt"}),
        tags=("minimax", "song", "lyrics"),
    ),
)
