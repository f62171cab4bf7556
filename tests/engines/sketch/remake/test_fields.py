"""No field is forgotten: every field of these endpoints has a test that sees its effect, or a reason that it has none.

The fields are those of the contract and those of the catalog's own models; a new one fails here until it is in the
table. A reason must be told to users too: its words stand in the field's description.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gesso import catalog
from gesso.endpoint import find

CONTRACT = Path(__file__).parents[3] / "fixtures" / "endpoints.json"
HERE = "tests.engines.sketch.remake"

LATER = "nothing depends on it yet"
"""What the descriptions of fields say that clients send ahead of their time."""

INTERPOLATE, MERGE, UPSCALE = "test_interpolate", "test_merge_audio_video", "test_upscale_video"
REMAKE, REFRAME, EXTEND, OUTPUTS = "test_video_to_video", "test_reframe", "test_extend_video", "test_fields"

Check = tuple[str, str]
"""A module here and a test in it; or "why" and words of the field's description."""

MODIFY: Mapping[str, Check] = {
    "video_url": (REMAKE, "test_nine_modes_are_nine_growing_distances"),
    "image_url": (REMAKE, "test_the_first_frame_is_given_and_followed"),
    "prompt": (REMAKE, "test_an_instruction_is_carried_out_on_all_frames"),
    "mode": (REMAKE, "test_nine_modes_are_nine_growing_distances"),
}

WIDEN: Mapping[str, Check] = {
    "video_url": (REFRAME, "test_the_video_lies_in_its_place_and_all_else_is_painted"),
    "aspect_ratio": (REFRAME, "test_every_aspect_shows_the_whole_video"),
    "image_url": (REFRAME, "test_the_first_frame_and_the_prompt_show_in_what_is_new"),
    "prompt": (REFRAME, "test_the_first_frame_and_the_prompt_show_in_what_is_new"),
    **dict.fromkeys(
        ("grid_position_x", "grid_position_y", "x_start", "x_end", "y_start", "y_end"),
        (REFRAME, "test_geometry_is_followed_to_the_pixel"),
    ),
}

TABLE: Mapping[str, Mapping[str, Check]] = {
    "fal-ai/ffmpeg-api/merge-audio-video": {
        "video_url": (MERGE, "test_pictures_are_copied_and_the_sound_is_replaced"),
        "audio_url": (MERGE, "test_a_shorter_sound_is_followed_by_silence_and_a_longer_one_cut"),
        "start_offset": (MERGE, "test_the_sound_starts_to_the_sample"),
    },
    "fal-ai/amt-interpolation": {
        "video_url": (INTERPOLATE, "test_new_frames_lie_between"),
        "output_fps": (INTERPOLATE, "test_the_number_of_frames_is_exact"),
        "recursive_interpolation_passes": (INTERPOLATE, "test_more_passes_make_finer_steps"),
    },
    "fal-ai/video-upscaler": {
        "video_url": (UPSCALE, "test_the_picture_stays_itself_and_gains_detail"),
        "scale": (UPSCALE, "test_sizes_are_the_scale_to_the_pixel"),
    },
    "fal-ai/fast-animatediff/turbo/video-to-video": {
        "video_url": (REMAKE, "test_turbo_counts_seconds_and_rate"),
        "first_n_seconds": (REMAKE, "test_turbo_counts_seconds_and_rate"),
        "prompt": (REMAKE, "test_an_instruction_is_carried_out_on_all_frames"),
        "negative_prompt": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "num_inference_steps": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "strength": (REMAKE, "test_strength_goes_from_nothing_to_much"),
        "guidance_scale": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "seed": (REMAKE, "test_seeds_vary_and_repeat"),
        "fps": (REMAKE, "test_turbo_counts_seconds_and_rate"),
        "motions": (REMAKE, "test_motions_are_seen"),
    },
    "fal-ai/wan-vace-14b": {
        "prompt": (REMAKE, "test_depth_is_laid_under_the_prompts_world"),
        "negative_prompt": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "match_input_num_frames": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "num_frames": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "match_input_frames_per_second": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "frames_per_second": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "task": (REMAKE, "test_outpainting_and_reframing_paint_around"),
        "seed": (REMAKE, "test_seeds_vary_and_repeat"),
        "resolution": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "aspect_ratio": (REMAKE, "test_vace_sizes_frames_and_rates"),
        "num_inference_steps": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "guidance_scale": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "video_url": (REMAKE, "test_words_alone_make_a_video"),
        "mask_video_url": (REMAKE, "test_what_is_masked_goes_and_all_else_stays"),
        "mask_image_url": (REMAKE, "test_a_mask_picture_follows_what_it_lies_on"),
        "ref_image_urls": (REMAKE, "test_a_prompt_or_a_reference_takes_the_place"),
        "enable_safety_checker": (REMAKE, "test_unsafe_frames_are_refused"),
        "enable_prompt_expansion": ("why", "a sketch reads it as it is"),
        "preprocess": (REMAKE, "test_figures_are_looked_for"),
        "acceleration": (REMAKE, "test_guidance_steps_negative_and_acceleration_count"),
        "first_frame_url": (REMAKE, "test_words_alone_make_a_video"),
        "sampler": ("why", "for engines that run the model"),
        "shift": ("why", "for engines that run the model"),
        "sync_mode": (OUTPUTS, "test_sync_mode_is_an_affair_of_the_answer"),
        **dict.fromkeys(
            (
                "auto_downsample_min_fps",
                "enable_auto_downsample",
                "interpolator_model",
                "last_frame_url",
                "num_interpolated_frames",
                "return_frames_zip",
                "temporal_downsample_factor",
                "transparency_mode",
                "video_quality",
                "video_write_mode",
            ),
            ("why", LATER),
        ),
    },
    "fal-ai/magi/extend-video": {
        "prompt": (EXTEND, "test_camera_words_move_the_new_part_alone"),
        "video_url": (EXTEND, "test_the_kept_part_is_kept_and_the_square_goes_on"),
        "num_frames": (EXTEND, "test_magi_sizes_and_steps"),
        "start_frame": (EXTEND, "test_where_the_new_part_starts"),
        "seed": (EXTEND, "test_the_seed_paints_what_was_never_seen"),
        "resolution": (EXTEND, "test_magi_sizes_and_steps"),
        "num_inference_steps": (EXTEND, "test_magi_sizes_and_steps"),
        "enable_safety_checker": (EXTEND, "test_magi_sizes_and_steps"),
        "aspect_ratio": (EXTEND, "test_magi_sizes_and_steps"),
    },
    "fal-ai/pixverse/extend/fast": {
        "video_url": (EXTEND, "test_a_style_comes_on_gently"),
        "prompt": (EXTEND, "test_camera_words_move_the_new_part_alone"),
        "negative_prompt": (EXTEND, "test_camera_words_move_the_new_part_alone"),
        "style": (EXTEND, "test_a_style_comes_on_gently"),
        "resolution": (EXTEND, "test_a_style_comes_on_gently"),
        "model": ("why", "a sketch has one way for all of them"),
        "seed": (EXTEND, "test_the_seed_paints_what_was_never_seen"),
        "generate_audio_switch": ("why", LATER),
    },
    "fal-ai/luma-dream-machine/ray-2/modify": MODIFY,
    "fal-ai/luma-dream-machine/ray-2-flash/modify": MODIFY,
    "fal-ai/luma-dream-machine/ray-2/reframe": WIDEN,
    "fal-ai/luma-dream-machine/ray-2-flash/reframe": WIDEN,
}


def fields(id_: str) -> set[str]:
    """Every field that the contract or the catalog knows of an endpoint, by the name that clients send."""
    catalog.load()
    contract: dict[str, Any] = json.loads(CONTRACT.read_text(encoding="utf-8"))[id_]
    own = {info.alias or name for name, info in find(id_).input.model_fields.items()}
    return own | set(contract["input"]) | set(contract.get("newer_fields", {}))


@pytest.mark.parametrize("id_", TABLE)
def test_every_field_has_its_check(id_: str) -> None:
    assert set(TABLE[id_]) == fields(id_)


@pytest.mark.parametrize("id_", TABLE)
def test_every_check_is_there(id_: str) -> None:
    catalog.load()
    described = {info.alias or name: info.description or "" for name, info in find(id_).input.model_fields.items()}
    for field, (where, what) in TABLE[id_].items():
        if where == "why":
            assert what in described[field], f"{id_} {field}: its description does not say so"
        else:
            assert callable(getattr(importlib.import_module(f"{HERE}.{where}"), what, None)), f"{id_} {field}: {what}"


def test_every_output_is_what_the_engine_gives() -> None:
    """`world.ordered` validates each result against its endpoint's output; no output needs what tasks do not give."""
    catalog.load()
    given = {"video", "seed", "prompt"}
    assert all(set(find(id_).output.model_fields) <= given for id_ in TABLE)


def test_sync_mode_is_an_affair_of_the_answer() -> None:
    catalog.load()
    tasks = [
        find("fal-ai/wan-vace-14b").input.model_validate({"prompt": "x", "sync_mode": sync}).task()
        for sync in (True, False)
    ]
    assert tasks[0] == tasks[1]
