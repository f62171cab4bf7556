"""The LoRA in the hands of the library that it is meant for: diffusers' own loader for Wan."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engines.sketch.training.sets import Training, pictures

PACKAGES = ("torch==2.13.0", "diffusers==0.42.1", "peft==0.21.2", "transformers==5.23.0")
SCRIPT = Path(__file__).with_name("load_in_diffusers.py")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with torch and diffusers in an environment of its own; fails with pip's words where there is none."""
    folder = tmp_path_factory.mktemp("diffusers")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    done = subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(
            f"torch and diffusers cannot be installed here, so the LoRA cannot be loaded:\n{done.stderr[-2000:]}"
        )
    return folder / "bin" / "python"


@pytest.mark.long
@pytest.mark.parametrize(
    ("endpoint", "kind"), [("fal-ai/wan-trainer/t2v", "text"), ("fal-ai/wan-trainer/i2v-720p", "picture")]
)
def test_the_lora_loads_whole_and_counts(endpoint: str, kind: str, python: Path, tmp_path: Path):
    made = Training(pictures(3), tmp_path, endpoint, number_of_steps=40)
    done = subprocess.run([python, SCRIPT, made.lora, kind], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["adapters"] == {"transformer": ["mine"]}
    assert found["tensors"] == len(made.tensors())
    assert found["same_names"]
    assert found["same_values"]
    assert found["changed"] > 1e-4
    assert found["changed_at_zero"] == 0
