# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownMemberType=false
"""Run by `test_diffusers.py` in an environment with torch and diffusers: load a LoRA into a small Wan pipeline.

Prints what the adapters are called, whether every tensor arrived as it is in the file, and what they change.
"""

from __future__ import annotations

import json
import sys

import torch
from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from safetensors.torch import load_file

DIM, HEADS, FFN, BLOCKS = 64, 4, 128, 2


def transformer(picture: bool) -> WanTransformer3DModel:
    torch.manual_seed(0)
    more = {"image_dim": 32, "added_kv_proj_dim": DIM, "in_channels": 36} if picture else {"in_channels": 16}
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=HEADS,
        attention_head_dim=DIM // HEADS,
        out_channels=16,
        text_dim=32,
        freq_dim=64,
        ffn_dim=FFN,
        num_layers=BLOCKS,
        **more,
    ).eval()


def output(net: WanTransformer3DModel, picture: bool) -> torch.Tensor:
    torch.manual_seed(1)
    inputs = {
        "hidden_states": torch.randn(1, 36 if picture else 16, 2, 8, 8),
        "timestep": torch.tensor([500]),
        "encoder_hidden_states": torch.randn(1, 6, 32),
    }
    if picture:
        inputs["encoder_hidden_states_image"] = torch.randn(1, 257, 32)
    with torch.no_grad():
        return net(**inputs, return_dict=False)[0]


def main(path: str, picture: bool) -> None:
    net = transformer(picture)
    parts = {"tokenizer": None, "text_encoder": None, "vae": None, "transformer": net}
    parts["scheduler"] = FlowMatchEulerDiscreteScheduler()
    if picture:
        pipe = WanImageToVideoPipeline(**parts, image_processor=None, image_encoder=None)
    else:
        pipe = WanPipeline(**parts)
    before = output(net, picture)
    pipe.load_lora_weights(path, adapter_name="mine")
    loaded = {name.replace(".mine", ""): value for name, value in net.state_dict().items() if "lora_" in name}
    file = {name.removeprefix("transformer."): value for name, value in load_file(path).items()}
    after = output(net, picture)
    pipe.set_adapters("mine", 0.0)
    silent = output(net, picture)
    found = {
        "adapters": pipe.get_list_adapters(),
        "same_names": sorted(loaded) == sorted(file),
        "same_values": all(torch.equal(loaded[name], file[name]) for name in file if name in loaded),
        "changed": float((after - before).abs().max()),
        "changed_at_zero": float((silent - before).abs().max()),
        "tensors": len(loaded),
    }
    print(json.dumps(found))  # noqa: T201


main(sys.argv[1], sys.argv[2] == "picture")
