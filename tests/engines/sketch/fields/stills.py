"""Every field of every endpoint that makes or looks at still pictures, and how it is checked.

An entry is a check, which runs the endpoint and asserts what the field did, or a `Stated`: the sentence in the field's
own description that says why it does nothing here.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gesso.endpoint import find
from gesso.jobs.job import NewJob
from gesso.runners.outputs import Outputs
from tests.engines.sketch.fields import drawing, editing
from tests.engines.sketch.fields.bench import Bench

Check = Callable[[Bench, str], None]
Entry = Mapping[str, "Check | Stated"]


@dataclass(frozen=True)
class Stated:
    """The field does nothing here, and its description says so in these words."""

    words: str


def sync_mode(bench: Bench, endpoint: str) -> None:
    """The answer holds the bytes themselves."""
    run = bench.run(endpoint)
    job = NewJob(id="a", endpoint=endpoint, owner="local", input=b"{}", submitted_at=0)
    # No store is needed for what is not stored.
    outputs = Outputs(cast("Any", None), find(endpoint), job, run.task, inline=True)
    _, values = asyncio.run(outputs.answer(run.result, time.time()))
    url: str = values["images"][0]["url"]
    head, _, data = url.partition(",")
    assert head.startswith("data:image/")
    assert base64.b64decode(data) == run.result.files["images"][0].path.read_bytes()
    assert bench.task(endpoint, sync_mode=True) == bench.task(endpoint, sync_mode=False)


NO_WEIGHTS = Stated("The sketch engine loads no weights")
NO_SAMPLER = Stated("The sketch engine does not sample")
AS_IT_IS = Stated("takes an instruction as it is")

LORAS: Entry = {
    "loras": drawing.lora_path,
    "loras.path": drawing.lora_path,
    "loras.scale": drawing.lora_scale,
}
SIZE: Entry = {
    "image_size": drawing.image_size,
    "image_size.width": drawing.image_size,
    "image_size.height": drawing.image_size,
}
COLORS: Entry = {
    "colors": drawing.colors,
    "colors.r": drawing.color_channel("r"),
    "colors.g": drawing.color_channel("g"),
    "colors.b": drawing.color_channel("b"),
}
DRAWN: Entry = {
    "prompt": drawing.prompt,
    "seed": drawing.seed,
    "num_inference_steps": drawing.steps,
    "sync_mode": sync_mode,
    "num_images": drawing.num_images,
    "enable_safety_checker": drawing.safety_checker,
    "output_format": drawing.output_format,
    **SIZE,
}
"""What most open models take."""

GUIDED: Entry = {"guidance_scale": drawing.guidance()}
AVOIDED: Entry = {"negative_prompt": drawing.negative_prompt}
FASTER: Entry = {"acceleration": drawing.acceleration}

KONTEXT: Entry = {
    "prompt": drawing.prompt,
    "seed": drawing.seed,
    "guidance_scale": drawing.guidance(),
    "sync_mode": sync_mode,
    "num_images": drawing.num_images,
    "output_format": drawing.output_format,
    "safety_tolerance": drawing.safety_tolerance,
    "enhance_prompt": drawing.expand_prompt("enhance_prompt"),
    "aspect_ratio": drawing.aspect_ratio,
}
KONTEXT_EDIT: Entry = {
    **KONTEXT,
    "prompt": editing.instruction,
    "seed": editing.seed(),
    "guidance_scale": editing.guidance(),
    "num_images": editing.num_images,
    "enhance_prompt": AS_IT_IS,
    "aspect_ratio": editing.aspect_ratio,
    "image_url": editing.image_url,
    "safety_tolerance": editing.safety_tolerance,
}
KONTEXT_MULTI: Entry = {
    **{name: check for name, check in KONTEXT_EDIT.items() if name != "image_url"},
    "image_urls": editing.image_urls,
}
LORA_EDIT: Entry = {
    **{name: check for name, check in DRAWN.items() if name not in SIZE},
    "prompt": editing.instruction,
    "seed": editing.seed(),
    "num_images": editing.num_images,
    "num_inference_steps": editing.steps(),
    "guidance_scale": editing.guidance(),
    "image_url": editing.image_url,
    "loras": editing.lora_path,
    "loras.path": editing.lora_path,
    "loras.scale": editing.lora_scale,
    "acceleration": Stated("an edit by instruction takes the same time"),
}
FIXED_EDIT: Entry = {
    "image_url": editing.image_url,
    "safety_tolerance": editing.safety_tolerance,
    "output_format": drawing.output_format,
    "aspect_ratio": editing.aspect_ratio,
    "sync_mode": sync_mode,
}
IMAGEN: Entry = {
    "prompt": drawing.prompt,
    "negative_prompt": drawing.negative_prompt,
    "aspect_ratio": drawing.aspect_ratio,
    "num_images": drawing.num_images,
    "seed": drawing.seed,
}
RECRAFT: Entry = {
    "prompt": drawing.prompt,
    "style_id": drawing.style_id,
    "enable_safety_checker": drawing.safety_checker,
    **SIZE,
    **COLORS,
}

STILLS: Mapping[str, Entry] = {
    "fal-ai/bytedance/seededit/v3/edit-image": {
        "prompt": editing.instruction,
        "image_url": editing.image_url,
        "guidance_scale": editing.guidance(values=(0, 0.3, 1)),
        "seed": editing.seed(),
    },
    "fal-ai/dreamomni2/edit": {"prompt": editing.instruction, "image_urls": editing.image_urls},
    "fal-ai/f-lite/standard": {
        **{name: check for name, check in DRAWN.items() if name != "output_format"},
        **GUIDED,
        **AVOIDED,
    },
    "fal-ai/flux-1/schnell": {**DRAWN, **GUIDED, **FASTER},
    "fal-ai/flux-kontext-lora": {**LORA_EDIT, "resolution_mode": editing.resolution_mode},
    "fal-ai/flux-kontext-lora/inpaint": {
        **LORA_EDIT,
        "prompt": editing.inpaint_prompt,
        "num_inference_steps": editing.steps(None),
        "guidance_scale": editing.inpaint_guidance,
        "mask_url": editing.mask_url,
        "reference_image_url": editing.reference_image_url,
        "strength": editing.inpaint_strength,
    },
    "fal-ai/flux-kontext-lora/text-to-image": {**DRAWN, **GUIDED, **FASTER, **LORAS},
    "fal-ai/flux-krea-lora/stream": {**DRAWN, **GUIDED, **FASTER, **LORAS},
    "fal-ai/flux-pro/kontext/max": KONTEXT_EDIT,
    "fal-ai/flux-pro/kontext/max/multi": KONTEXT_MULTI,
    "fal-ai/flux-pro/kontext/max/text-to-image": KONTEXT,
    "fal-ai/flux-pro/kontext/multi": KONTEXT_MULTI,
    "fal-ai/flux-pro/kontext/text-to-image": KONTEXT,
    "fal-ai/flux/dev/image-to-image": {
        **{name: check for name, check in DRAWN.items() if name not in SIZE},
        "prompt": editing.painted_prompt,
        "num_images": editing.num_images,
        "num_inference_steps": editing.steps(None),
        "guidance_scale": drawing.guidance(),
        "image_url": editing.image_url,
        "strength": editing.strength(),
        "acceleration": editing.acceleration,
    },
    "fal-ai/hidream-i1-fast": {**DRAWN, **AVOIDED},
    "fal-ai/hidream-i1-full": {
        **DRAWN,
        **GUIDED,
        **AVOIDED,
        **LORAS,
        "loras.weight_name": drawing.lora_weight_name,
    },
    "fal-ai/ideogram/v2": {
        "prompt": drawing.prompt,
        "aspect_ratio": drawing.aspect_ratio,
        "expand_prompt": drawing.expand_prompt("expand_prompt"),
        "seed": drawing.seed,
        "style": drawing.style("design", "anime"),
        "sync_mode": sync_mode,
        "negative_prompt": drawing.negative_prompt,
    },
    "fal-ai/image-editing/background-change": {
        **FIXED_EDIT,
        "prompt": editing.background_prompt,
        "guidance_scale": editing.guidance(prompt="a plain blue wall"),
        "num_inference_steps": editing.steps("a forest"),
        "seed": editing.seed("a forest"),
    },
    "fal-ai/image-editing/color-correction": {
        **FIXED_EDIT,
        "guidance_scale": editing.guidance(prompt=None),
        "num_inference_steps": editing.steps(None),
        "seed": editing.seed(),
    },
    "fal-ai/image-editing/face-enhancement": {
        **FIXED_EDIT,
        "guidance_scale": editing.guidance(prompt=None),
        "num_inference_steps": editing.steps(None),
        "seed": editing.seed(),
    },
    "fal-ai/image-editing/object-removal": {
        **FIXED_EDIT,
        "prompt": editing.removal_prompt,
        "guidance_scale": Stated("what is removed is removed whole"),
        "num_inference_steps": editing.steps("the red ball"),
        "seed": editing.seed("the red ball"),
    },
    "fal-ai/imagen4/preview": {**IMAGEN, "resolution": drawing.resolution},
    "fal-ai/imagen4/preview/fast": IMAGEN,
    "fal-ai/luma-photon/modify": {
        "prompt": editing.painted_prompt,
        "image_url": editing.image_url,
        "strength": editing.strength(keeps=True),
        "aspect_ratio": editing.aspect_ratio,
    },
    "fal-ai/moondream3-preview/detect": {
        "image_url": editing.detect_image,
        "prompt": editing.detect_prompt,
        "preview": editing.detect_preview,
    },
    "fal-ai/omnigen-v2": {
        **DRAWN,
        "input_image_urls": editing.input_image_urls,
        "text_guidance_scale": drawing.guidance("text_guidance_scale"),
        "image_guidance_scale": editing.image_guidance,
        "negative_prompt": drawing.negative_prompt,
        "cfg_range_start": drawing.guidance_range,
        "cfg_range_end": drawing.guidance_range,
        "scheduler": NO_SAMPLER,
    },
    "fal-ai/post-processing/sharpen": {
        "image_url": editing.image_url,
        "sharpen_mode": editing.sharpen_mode,
        "sharpen_radius": editing.sharpness("sharpen_radius", (1, 3, 6), "basic"),
        "sharpen_alpha": editing.sharpness("sharpen_alpha", (0, 0.5, 1, 2), "basic"),
        "noise_radius": editing.sharpness("noise_radius", (1, 7), "smart", smart_sharpen_ratio=0),
        "preserve_edges": editing.sharpness(
            "preserve_edges", (0, 0.5, 1), "smart", falling=True, smart_sharpen_ratio=0
        ),
        "smart_sharpen_strength": editing.sharpness("smart_sharpen_strength", (0, 4, 9), "smart"),
        "smart_sharpen_ratio": editing.sharpness("smart_sharpen_ratio", (0, 0.5, 1), "smart"),
        "cas_amount": editing.sharpness("cas_amount", (0, 0.5, 1), "cas"),
    },
    "fal-ai/recraft/v2/text-to-image": {**RECRAFT, "style": drawing.style("icon/outline", "realistic_image/hdr")},
    "fal-ai/recraft/v3/image-to-image": {
        "prompt": editing.painted_prompt,
        "image_url": editing.image_url,
        "strength": editing.strength(),
        "style": editing.style,
        **COLORS,
        "style_id": drawing.style_id,
        "negative_prompt": editing.negative_prompt,
        "sync_mode": sync_mode,
    },
    "fal-ai/recraft/v3/text-to-image": {
        **RECRAFT,
        "style": drawing.style("digital_illustration/pop_art", "vector_illustration/cutout"),
    },
    "fal-ai/stable-diffusion-v35-large": {
        **DRAWN,
        **GUIDED,
        **AVOIDED,
        **LORAS,
        "controlnet": drawing.control_image,
        "controlnet.path": NO_WEIGHTS,
        "controlnet.control_image_url": drawing.control_image,
        "controlnet.conditioning_scale": drawing.control_scale,
        "controlnet.start_percentage": drawing.control_part("start_percentage", (1.0, 0.6, 0.2)),
        "controlnet.end_percentage": drawing.control_part("end_percentage", (0.0, 0.4, 1.0)),
        "ip_adapter": drawing.adapter_image,
        "ip_adapter.path": NO_WEIGHTS,
        "ip_adapter.subfolder": NO_WEIGHTS,
        "ip_adapter.weight_name": NO_WEIGHTS,
        "ip_adapter.image_encoder_path": NO_WEIGHTS,
        "ip_adapter.image_encoder_subfolder": NO_WEIGHTS,
        "ip_adapter.image_encoder_weight_name": NO_WEIGHTS,
        "ip_adapter.image_url": drawing.adapter_image,
        "ip_adapter.mask_image_url": drawing.adapter_mask,
        "ip_adapter.mask_threshold": drawing.adapter_threshold,
        "ip_adapter.scale": drawing.adapter_scale,
    },
}
"""Endpoint -> field, or field of a field (`loras.scale`) -> check."""
