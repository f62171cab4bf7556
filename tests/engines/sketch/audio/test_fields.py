"""Every field of the sound endpoints, in and out, and the test that shows what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.catalog.facts import CONTRACT
from tests.engines.sketch import test_lip_sync as lip_sync
from tests.engines.sketch import test_text_to_music as music
from tests.engines.sketch import test_video_to_audio as noise
from tests.engines.sketch.audio import test_song as song

Check = Callable[..., Any]

INPUTS: dict[str, dict[str, Check]] = {
    "creatify/lipsync": {
        "audio_url": lip_sync.test_the_mouth_opens_when_it_sounds,
        "video_url": lip_sync.test_only_the_mouth_changes,
        "loop": lip_sync.test_loop_starts_again_else_the_last_frame_is_held,
    },
    "fal-ai/bytedance/omnihuman": {
        "image_url": lip_sync.test_portraits_of_odd_and_large_sizes,
        "audio_url": lip_sync.test_a_portrait_speaks_and_says_how_long,
    },
    "fal-ai/kling-video/video-to-audio": {
        "video_url": noise.test_noises_fall_on_what_moves,
        "sound_effect_prompt": noise.test_effects_follow_their_words,
        "background_music_prompt": noise.test_music_is_added,
        "asmr_mode": noise.test_asmr_brings_small_sounds_near,
    },
    "fal-ai/minimax-music": {
        "prompt": music.test_without_marks_the_voice_has_a_piano_alone,
        "reference_audio_url": music.test_a_reference_sets_tempo_and_key,
    },
    "fal-ai/minimax-music/v1.5": {
        "prompt": song.test_tags_name_the_sections,
        "audio_setting": music.test_the_file_is_as_set,
        "lyrics_prompt": song.test_style_words,
    },
    "fal-ai/pixverse/lipsync": {
        "video_url": lip_sync.test_no_face_is_told_on_its_field,
        "audio_url": lip_sync.test_a_recording_comes_before_the_text,
        "voice_id": lip_sync.test_text_is_read_out_by_the_voice,
        "text": lip_sync.test_text_that_cannot_be_read_out,
    },
}

OUTPUTS: dict[str, dict[str, Check]] = {
    "creatify/lipsync": {"video": lip_sync.test_a_filmed_face_speaks_as_long_as_the_sound},
    "fal-ai/bytedance/omnihuman": {
        "video": lip_sync.test_a_portrait_speaks_and_says_how_long,
        "duration": lip_sync.test_a_portrait_speaks_and_says_how_long,
    },
    "fal-ai/kling-video/video-to-audio": {
        "video": noise.test_pictures_stay_and_sound_is_as_long,
        "audio": noise.test_pictures_stay_and_sound_is_as_long,
    },
    "fal-ai/minimax-music": {"audio": music.test_a_reference_sets_tempo_and_key},
    "fal-ai/minimax-music/v1.5": {"audio": music.test_a_song_is_loud_clean_and_sung},
    "fal-ai/pixverse/lipsync": {"video": lip_sync.test_text_is_read_out_by_the_voice},
}


@pytest.mark.parametrize("id_", INPUTS)
def test_every_field_has_its_check(id_: str) -> None:
    assert set(INPUTS[id_]) == set(CONTRACT[id_]["input"])
    assert set(OUTPUTS[id_]) == set(CONTRACT[id_]["output"])


def test_audio_setting_is_checked_in_each_of_its_fields() -> None:
    (marks,) = music.test_the_file_is_as_set.pytestmark  # pyright: ignore[reportFunctionMemberAccess]
    checked = {
        name.strip() for name in (marks.args[0] if isinstance(marks.args[0], tuple) else marks.args[0].split(","))
    }
    asked = CONTRACT["fal-ai/minimax-music/v1.5"]["types"]["AudioSetting"]
    assert checked == {"format", "rate", "bitrate"}
    assert set(asked) == {"format", "sample_rate", "bitrate"}
