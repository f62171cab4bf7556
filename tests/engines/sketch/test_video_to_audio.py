"""Sound for silent videos: on time, as long as the pictures, which stay as they are."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from gesso.engines.sketch import video_to_audio
from gesso.engines.sketch.audio import measure
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import MediaRule
from tests.engines.sketch.audio.studio import film, heard, order, refusal

ID = "fal-ai/kling-video/video-to-audio"
JUMPS, CUT = (0.6, 1.4, 2.6), 2.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three and a half seconds: a square that jumps three times, and a cut."""
    pictures = []
    for number in range(84):
        time = number / 24
        dark = time < CUT
        pixels = np.full((96, 160, 3), 60 if dark else 200, np.uint8)
        x = 10 + 40 * sum(time >= jump for jump in JUMPS)
        pixels[30:60, x : x + 24] = (240, 90, 40) if dark else (20, 40, 120)
        pictures.append(pixels)
    return film(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures, 24)


def media(path: Path) -> Media:
    return Media("https://example.com/v.mp4", ("video_url",), MediaRule("video"), path)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_movements_and_cuts_are_seen(clip: Path) -> None:
    seen = video_to_audio.watch(media(clip))
    cuts = [event.at for event in seen.events if event.cut]
    moves = [event for event in seen.events if not event.cut]
    assert len(cuts) == 1
    assert abs(cuts[0] - CUT) < 0.1
    assert len(moves) == 3
    assert all(abs(event.at - jump) < 0.13 for event, jump in zip(moves, JUMPS, strict=True))
    assert moves[0].pan < moves[1].pan < moves[2].pan


def test_a_still_video_has_no_events(tmp_path: Path) -> None:
    path = film(tmp_path / "still.mp4", [np.full((48, 64, 3), 90, np.uint8)] * 24, 24)
    assert video_to_audio.watch(media(path)).events == ()


def test_pictures_stay_and_sound_is_as_long(tmp_path: Path, clip: Path) -> None:
    result, _ = order(tmp_path, ID, {"video_url": clip}, sound_effect_prompt="rain", background_music_prompt="")
    assert packets(result.files["video"][0].path) == packets(clip)
    alone, under = heard(result, "audio"), heard(result, "video")
    assert result.files["audio"][0].content_type == "audio/mpeg"
    assert abs(alone.seconds - 3.5) < 0.03
    assert abs(under.seconds - 3.5) < 0.05
    length = 44100 * 3
    assert np.corrcoef(alone.mono()[:length], under.mono()[:length])[0, 1] > 0.95
    assert result.parts == ()


def test_noises_fall_on_what_moves(tmp_path: Path, clip: Path) -> None:
    result, around = order(tmp_path, ID, {"video_url": clip}, sound_effect_prompt="knock", background_music_prompt="")
    loud = measure.levels(heard(result, "audio").samples, 44100, 20)
    for jump in JUMPS:
        assert loud[round(jump * 20) - 2 : round(jump * 20) + 3].max() > 3 * np.median(loud)
    assert any("1 cuts, 3 movements" in line for line in around.lines)


def test_music_is_added(tmp_path: Path, clip: Path) -> None:
    fields = {"sound_effect_prompt": "quiet room"}
    without, _ = order(tmp_path / "a", ID, {"video_url": clip}, background_music_prompt="", **fields)
    given, around = order(tmp_path / "b", ID, {"video_url": clip}, background_music_prompt="rock in E minor", **fields)
    assert np.std(heard(given, "audio").samples) > 2 * np.std(heard(without, "audio").samples)
    assert given.parts == ("fluid-r3",)
    assert any("Music: rock" in line for line in around.lines)


def test_effects_follow_their_words(tmp_path: Path, clip: Path) -> None:
    wind, rain = (
        heard(
            order(tmp_path / word, ID, {"video_url": clip}, sound_effect_prompt=word, background_music_prompt="")[0],
            "audio",
        )
        for word in ("wind", "rain")
    )
    power = [np.abs(np.fft.rfft(sound.mono())) ** 2 for sound in (wind, rain)]
    high = [float(part[10500:].sum() / part.sum()) for part in power]
    assert high[1] > 2 * high[0]


def test_asmr_brings_small_sounds_near(tmp_path: Path, clip: Path) -> None:
    far, near = (
        heard(
            order(tmp_path / str(mode), ID, {"video_url": clip}, sound_effect_prompt="wind, keyboard clicks",
                  background_music_prompt="", asmr_mode=mode)[0],
            "audio",
        ).samples
        for mode in (False, True)
    )  # fmt: skip
    assert np.abs(near).max() / np.std(near) > 1.5 * np.abs(far).max() / np.std(far)


def test_the_same_order_gives_the_same_bytes(tmp_path: Path, clip: Path) -> None:
    one, two = (
        order(tmp_path / name, ID, {"video_url": clip}, sound_effect_prompt="bells", background_music_prompt="")[0]
        for name in "ab"
    )
    for name in ("video", "audio"):
        assert one.files[name][0].path.read_bytes() == two.files[name][0].path.read_bytes()


def test_limits_of_the_page(tmp_path: Path) -> None:
    short = film(tmp_path / "short.mp4", [np.zeros((48, 64, 3), np.uint8)] * 24, 24)
    with pytest.raises(InputError) as caught:
        order(tmp_path, ID, {"video_url": short})
    assert refusal(caught.value) == ("video_duration_too_short", ("body", "video_url"))
    (tmp_path / "junk.mp4").write_bytes(b"no video")
    with pytest.raises(InputError) as caught:
        order(tmp_path, ID, {"video_url": tmp_path / "junk.mp4"})
    assert refusal(caught.value) == ("unsupported_video_format", ("body", "video_url"))
