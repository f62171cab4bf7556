"""What the inputs of the still-picture apps mean."""

from __future__ import annotations

from typing import Any

import pytest

from gesso.endpoint import LORA_RULE, Input, Limits
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import Size
from gesso.tasks import Control, Detect, EditImage, Inpaint, LipSync, Lora, Sharpen, TextToImage
from tests.catalog.facts import ENDPOINTS

URL = "https://example.com/a.png"


def parse(id_: str, **raw: Any) -> Input:
    return ENDPOINTS[id_].parse(raw, Limits())


def task(id_: str, **raw: Any) -> Any:
    return parse(id_, **raw).task()


def units(id_: str, raw: dict[str, Any], result: dict[str, Any] | None = None) -> float:
    return ENDPOINTS[id_].units.of(parse(id_, **raw), result)


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("id_", "raw", "size"),
    [
        ("fal-ai/flux-1/schnell", {}, Size(1024, 768)),
        ("fal-ai/flux-1/schnell", {"image_size": "square"}, Size(512, 512)),
        ("fal-ai/flux-1/schnell", {"image_size": {"width": 1280, "height": 720}}, Size(1280, 720)),
        ("fal-ai/flux-1/schnell", {"image_size": {"width": 640}}, Size(640, 512)),
        ("fal-ai/hidream-i1-fast", {}, Size(1024, 1024)),
        ("fal-ai/hidream-i1-full", {"image_size": None}, Size(1024, 1024)),
        ("fal-ai/stable-diffusion-v35-large", {}, Size(1024, 768)),
        ("fal-ai/recraft/v3/text-to-image", {}, Size(1024, 1024)),
        ("fal-ai/ideogram/v2", {"aspect_ratio": "16:9"}, Size(1312, 736)),
        ("fal-ai/imagen4/preview", {"resolution": "2K"}, Size(2048, 2048)),
        ("fal-ai/imagen4/preview", {}, Size(1024, 1024)),
        ("fal-ai/imagen4/preview/fast", {}, Size(1024, 1024)),
        ("fal-ai/flux-pro/kontext/text-to-image", {"aspect_ratio": "1:1"}, Size(1024, 1024)),
    ],
)
def test_the_size_asked_for_is_the_tasks(id_: str, raw: dict[str, Any], size: Size):
    assert task(id_, prompt="a", **raw).size == size


@pytest.mark.parametrize(
    "id_", ["fal-ai/ideogram/v2", "fal-ai/imagen4/preview", "fal-ai/flux-pro/kontext/max/text-to-image"]
)
def test_every_aspect_ratio_gives_a_size_of_that_shape(id_: str):
    choices = ENDPOINTS[id_].input.model_json_schema()["properties"]["aspect_ratio"]["enum"]
    for ratio in choices:
        across, down = map(int, ratio.split(":"))
        assert task(id_, prompt="a", aspect_ratio=ratio).size.aspect == pytest.approx(across / down, rel=0.03)


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize(
    ("id_", "raw", "format_"),
    [
        ("fal-ai/flux-1/schnell", {}, "png"),
        ("fal-ai/flux-krea-lora/stream", {}, "jpeg"),
        ("fal-ai/flux-krea-lora/stream", {"output_format": "png"}, "png"),
        ("fal-ai/f-lite/standard", {}, "jpeg"),
        ("fal-ai/ideogram/v2", {}, "png"),
        ("fal-ai/imagen4/preview", {}, "png"),
        ("fal-ai/bytedance/seededit/v3/edit-image", {"image_url": URL}, "png"),
        ("fal-ai/dreamomni2/edit", {"image_urls": [URL]}, "png"),
        ("fal-ai/recraft/v2/text-to-image", {}, "webp"),
        ("fal-ai/recraft/v2/text-to-image", {"style": "icon/outline"}, "svg"),
        ("fal-ai/recraft/v3/text-to-image", {"style": "vector_illustration"}, "svg"),
        ("fal-ai/recraft/v3/text-to-image", {"style": "any"}, "webp"),
        ("fal-ai/recraft/v3/image-to-image", {"image_url": URL, "style": "vector_illustration/mosaic"}, "svg"),
        ("fal-ai/image-editing/color-correction", {"image_url": URL}, "jpeg"),
    ],
)
def test_the_format_is_the_fields_or_the_pages(id_: str, raw: dict[str, Any], format_: str):
    assert task(id_, prompt="a", **raw).format == format_


# ---------------------------------------------------------------- editing


@pytest.mark.parametrize(
    ("edit", "operation", "prompt"),
    [
        ("background-change", "background", "beach sunset with palm trees"),
        ("color-correction", "color", ""),
        ("face-enhancement", "face", ""),
        ("object-removal", "remove", "background people"),
    ],
)
def test_fixed_edits_name_their_operation(edit: str, operation: str, prompt: str):
    made = task(f"fal-ai/image-editing/{edit}", image_url=URL, aspect_ratio="3:2", safety_tolerance=5)
    assert isinstance(made, EditImage)
    assert (made.operation, made.prompt, made.aspect, made.safety.tolerance) == (operation, prompt, "3:2", 5)


@pytest.mark.parametrize(
    ("mode", "aspect", "snap"), [("match_input", None, False), ("auto", None, True), ("21:9", "21:9", False)]
)
def test_kontext_resolution_modes(mode: str, aspect: str | None, snap: bool):
    made = task("fal-ai/flux-kontext-lora", image_url=URL, prompt="a", resolution_mode=mode)
    assert (made.aspect, made.snap, made.size) == (aspect, snap, None)


def test_kontext_inpaint_has_mask_and_reference():
    made = task(
        "fal-ai/flux-kontext-lora/inpaint",
        image_url="https://example.com/image",
        mask_url="https://example.com/mask",
        reference_image_url="https://example.com/reference",
        prompt="a ball",
    )
    assert isinstance(made, Inpaint)
    assert made.reference
    assert [made.image.loc, made.mask.loc, made.reference.loc] == [
        ("image_url",),
        ("mask_url",),
        ("reference_image_url",),
    ]
    assert made.strength == 0.88


@pytest.mark.parametrize(
    ("id_", "given", "meant"),
    [
        ("fal-ai/flux/dev/image-to-image", 0.8, 0.8),
        ("fal-ai/recraft/v3/image-to-image", 0.8, 0.8),
        # Here a high strength keeps more of the given picture.
        ("fal-ai/luma-photon/modify", 0.8, 0.2),
    ],
)
def test_strength_means_how_far_to_leave_the_picture(id_: str, given: float, meant: float):
    raw = {"aspect_ratio": "1:1"} if "photon" in id_ else {}
    made = task(id_, image_url=URL, prompt="a", strength=given, **raw)
    assert (made.operation, made.strength) == ("restyle", pytest.approx(meant))


def test_luma_photon_needs_no_prompt():
    assert task("fal-ai/luma-photon/modify", image_url=URL, strength=0.5, aspect_ratio="1:1").prompt == ""


@pytest.mark.parametrize(("given", "meant"), [(0, 1), (0.5, 5.5), (1, 10)])
def test_seededit_guidance_is_told_on_the_usual_scale(given: float, meant: float):
    made = task("fal-ai/bytedance/seededit/v3/edit-image", image_url=URL, prompt="a", guidance_scale=given)
    assert made.sampling.guidance == pytest.approx(meant)


def test_kontext_multi_keeps_the_order_of_pictures():
    urls = [f"https://example.com/{n}" for n in range(5)]
    made = task("fal-ai/flux-pro/kontext/multi", prompt="a", image_urls=urls)
    assert [media.url for media in made.images] == urls
    assert [media.loc for media in made.images] == [("image_urls", n) for n in range(5)]


@pytest.mark.parametrize("id_", ["fal-ai/flux-pro/kontext/multi", "fal-ai/dreamomni2/edit"])
def test_an_edit_without_pictures_is_refused(id_: str):
    with pytest.raises(InputError) as caught:
        parse(id_, prompt="a", image_urls=[])
    assert [(problem.loc, problem.type) for problem in caught.value.problems] == [
        (("body", "image_urls"), "sequence_too_short")
    ]


@pytest.mark.parametrize("urls", [None, []])
def test_omnigen_without_pictures_makes_one(urls: list[str] | None):
    assert isinstance(task("fal-ai/omnigen-v2", prompt="a", input_image_urls=urls), TextToImage)


def test_omnigen_with_pictures_edits_them_at_the_size_asked_for():
    made = task("fal-ai/omnigen-v2", prompt="a", input_image_urls=[URL], cfg_range_end=0.6)
    assert isinstance(made, EditImage)
    assert made.size == Size(1024, 1024)
    assert (made.sampling.image_guidance, made.sampling.guidance_range) == (2, (0, 0.6))


def test_omnigen_takes_three_pictures_and_not_four():
    parse("fal-ai/omnigen-v2", prompt="a", input_image_urls=[URL] * 3)
    with pytest.raises(InputError) as caught:
        parse("fal-ai/omnigen-v2", prompt="a", input_image_urls=[URL] * 4)
    (problem,) = caught.value.problems
    assert (problem.loc, problem.type, problem.ctx) == (
        ("body", "input_image_urls"),
        "sequence_too_long",
        {"max_length": 3},
    )


# ---------------------------------------------------------------- look


def test_loras_carry_path_scale_and_file():
    loras = [{"path": "owner/name"}, {"path": URL, "scale": 0.5, "weight_name": "b.safetensors"}]
    made = task("fal-ai/hidream-i1-full", prompt="a", loras=loras)
    file = Media(URL, ("loras", 1, "path"), LORA_RULE)
    assert made.look.loras == (Lora("owner/name", 1.0), Lora(URL, 0.5, "b.safetensors", file))


@pytest.mark.parametrize(("size", "follows"), [(None, True), ("square", False)])
def test_sd35_takes_the_control_pictures_size_unless_told_another(size: str | None, follows: bool):
    net = {"path": "owner/canny", "control_image_url": URL, "end_percentage": 0.5}
    control = task("fal-ai/stable-diffusion-v35-large", prompt="a", controlnet=net, image_size=size).look.control
    assert isinstance(control, Control)
    assert (control.sets_size, control.start, control.end) == (follows, 0, 0.5)
    assert control.image.loc == ("controlnet", "control_image_url")


def test_sd35_reference_with_mask():
    adapter = {"path": "p", "image_url": URL, "mask_image_url": URL, "weight_name": "w", "scale": 0.7}
    reference = task("fal-ai/stable-diffusion-v35-large", prompt="a", ip_adapter=adapter).look.reference
    assert reference.mask.loc == ("ip_adapter", "mask_image_url")
    assert (reference.scale, reference.options) == (0.7, {"weight_name": "w"})


def test_sd35_names_the_nested_field_that_is_missing():
    with pytest.raises(InputError) as caught:
        parse("fal-ai/stable-diffusion-v35-large", prompt="a", ip_adapter={"path": "p"}, controlnet={"path": "p"})
    assert [problem.loc for problem in caught.value.problems] == [
        ("body", "controlnet", "control_image_url"),
        ("body", "ip_adapter", "image_url"),
    ]


def test_recraft_style_and_colours():
    made = task("fal-ai/recraft/v3/text-to-image", prompt="a", colors=[{"r": 255}], style="digital_illustration/noir")
    assert (made.look.style, made.look.colors) == ("digital_illustration/noir", ((255, 0, 0),))
    assert task("fal-ai/recraft/v3/text-to-image", prompt="a", style="any").look.style is None


def test_a_colour_beyond_its_range_is_refused_at_its_place():
    with pytest.raises(InputError) as caught:
        parse("fal-ai/recraft/v3/text-to-image", prompt="a", colors=[{"r": 1}, {"g": 256}])
    assert [problem.loc for problem in caught.value.problems] == [("body", "colors", 1, "g")]


# ---------------------------------------------------------------- the rest


def test_safety_is_what_the_caller_asked():
    assert task("fal-ai/flux-1/schnell", prompt="a").safety.check
    assert not task("fal-ai/flux-1/schnell", prompt="a", enable_safety_checker=False).safety.check
    assert not task("fal-ai/recraft/v3/text-to-image", prompt="a").safety.check
    assert task("fal-ai/flux-pro/kontext/max", prompt="a", image_url=URL, safety_tolerance="6").safety.tolerance == 6


def test_negative_prompt_and_sampling_reach_the_task():
    sampling = task("fal-ai/f-lite/standard", prompt="a", negative_prompt="fog", num_inference_steps=9).sampling
    assert (sampling.negative_prompt, sampling.steps, sampling.guidance) == ("fog", 9, 3.5)
    assert task("fal-ai/flux-1/schnell", prompt="a", acceleration="high").sampling.acceleration == "high"


def test_prompt_expansion():
    assert task("fal-ai/ideogram/v2", prompt="a").expand_prompt
    assert not task("fal-ai/flux-pro/kontext/text-to-image", prompt="a").expand_prompt


def test_omnihuman_is_lip_sync_on_a_still():
    made = task("fal-ai/bytedance/omnihuman", image_url=URL, audio_url="https://example.com/a.mp3")
    assert isinstance(made, LipSync)
    assert made.image
    assert made.audio
    assert (made.image.rule.kind, made.audio.rule.max_seconds, made.video) == ("image", 30, None)


def test_detect():
    made = task("fal-ai/moondream3-preview/detect", image_url=URL, prompt="bird")
    assert isinstance(made, Detect)
    assert (made.prompt, made.preview, made.image.rule.max_side) == ("bird", False, 7000)


def test_sharpen():
    made = task("fal-ai/post-processing/sharpen", image_url=URL, sharpen_mode="smart", smart_sharpen_ratio=0.9)
    assert isinstance(made, Sharpen)
    assert (made.mode, made.smart_ratio, made.radius, made.cas_amount) == ("smart", 0.9, 1, 0.8)


# ---------------------------------------------------------------- units


def test_pictures_count_each():
    assert units("fal-ai/flux-1/schnell", {"prompt": "a"}) == 1
    assert units("fal-ai/flux-1/schnell", {"prompt": "a", "num_images": 4}) == 4


@pytest.mark.parametrize(
    ("style", "count"),
    [("realistic_image", 1), ("vector_illustration", 2), ("vector_illustration/kawaii", 2), ("icon/outline", 2)],
)
def test_vector_pictures_count_double(style: str, count: float):
    assert units("fal-ai/recraft/v2/text-to-image", {"prompt": "a", "style": style}) == count


def test_omnihuman_counts_the_seconds_that_the_result_has():
    raw = {"image_url": URL, "audio_url": URL}
    assert units("fal-ai/bytedance/omnihuman", raw, {"duration": 12.5}) == 12.5
    assert units("fal-ai/bytedance/omnihuman", raw) == 1
