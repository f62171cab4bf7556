"""What is added to a model there, as looks here: LoRAs, styles of one's own, pictures whose look shall show.

Gesso's own trainer writes the look of what it was trained on into the file's metadata: `gesso.look`, a JSON object with
`palette` (colours 0..255), `texture` (`grain`, `contrast` and `edge`, each 0..1), `swatch` (a piece of its texture) and
`strength` (how much was learned, 0..1); and `gesso.trigger`, the words that call it up. Other files hold weights that
only their own model can use: from their bytes comes a look that is always the same, and the log says so.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import pictures
from gesso.engines.sketch.remake import colours
from gesso.engines.sketch.style import looks, neural_style, swatch
from gesso.engines.sketch.style.paints import to_bytes
from gesso.engines.sketch.style.swatch import Swatch
from gesso.errors import InputError
from gesso.tasks import RGB, Look, Lora, Reference

Pixels = npt.NDArray[Any]

KEY, TRIGGER = "gesso.look", "gesso.trigger"
MOST_HEADER = 100_000_000
"""Bytes; the format's own limit."""
MOST_COLOURS = 16
MOST_SCALE = 1.6
"""Scales beyond it, either way, look the same."""

WOVEN = 0.55
"""How strong a texture is at scale 1, against how strong it was in the set: a thing must still be seen through it."""

UNCALLED = 0.3
"""How much of its scale a LoRA keeps whose trigger phrase the prompt does not have."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A look that can be put on: colours, and how grainy, contrasty and sharp, each 0..1 with 0.5 in the middle."""

    palette: tuple[RGB, ...]
    grain: float
    contrast: float
    edge: float
    own: bool = False
    """Whether the file said so itself."""
    swatch: Swatch | None = None
    strength: float = 1.0
    trigger: str = ""


def read_look(path: Path) -> Trained:
    """The look that a safetensors file carries, else one that follows from its bytes. Raises ValueError for others."""
    with path.open("rb") as file:
        header = _header(file.read(8), file.read)
        metadata: Any = header.get("__metadata__")
        stated = metadata if isinstance(metadata, dict) else {}
        if isinstance(stated.get(KEY), str):
            return _stated(stated[KEY], str(stated.get(TRIGGER, "")))
        file.seek(0)
        return _drawn(hashlib.file_digest(file, "sha256").digest())


def derived(name: str) -> Trained:
    """A look for a name that leads to nothing here; the same name gives the same look."""
    return _drawn(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())


def _header(start: bytes, read: Callable[[int], bytes]) -> dict[str, Any]:
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
    if not 2 <= length <= MOST_HEADER:
        raise ValueError("it has no safetensors header")
    try:
        header = json.loads(read(length))
    except (ValueError, RecursionError) as error:
        raise ValueError("its header is no JSON") from error
    if not isinstance(header, dict):
        raise ValueError("its header is no JSON object")
    return header


def _stated(text: str, trigger: str) -> Trained:
    try:
        found = json.loads(text)
        palette = tuple((int(r), int(g), int(b)) for r, g, b in found["palette"][:MOST_COLOURS])
        texture = {name: float(found["texture"][name]) for name in ("grain", "contrast", "edge")}
        piece = swatch.read(found["swatch"]) if "swatch" in found else None
        strength = float(found.get("strength", 1.0))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise ValueError(f"its {KEY} cannot be read") from error
    if not all(0 <= channel <= 255 for colour in palette for channel in colour):
        raise ValueError(f"its {KEY} has colours outside 0..255")
    if not all(0 <= value <= 1 for value in (*texture.values(), strength)):
        raise ValueError(f"its {KEY} has textures outside 0..1")
    return Trained(palette, **texture, own=True, swatch=piece, strength=strength, trigger=trigger)


def _drawn(digest: bytes) -> Trained:
    """Five colours of neighbouring hues from dark to light, and a texture, out of 32 bytes."""
    hue, turn = digest[0] / 255 * 180, 12 + digest[1] / 255 * 30
    steps = [((hue + turn * (i - 2)) % 180, 90 + digest[2 + i] // 2, 45 + 48 * i) for i in range(5)]
    table = cv2.cvtColor(np.array([steps], np.uint8), cv2.COLOR_HSV2RGB)[0]
    palette = tuple((int(r), int(g), int(b)) for r, g, b in table)
    grain, contrast, edge = (0.15 + 0.7 * value / 255 for value in digest[10:13])
    return Trained(palette, grain, contrast, edge)


def dress(pixels: Pixels, look: Trained, scale: float, rng: np.random.Generator) -> Pixels:
    """Put a look on, the more the larger `scale` is; 0 changes nothing, below 0 goes the other way."""
    by = _share(look, scale)
    if by == 0:
        return pixels
    out = looks.pull(pixels, look.palette, 0.62 * by).astype(np.float32)
    out = out.mean() + (out - out.mean()) * np.float32(max(0.2, 1 + 0.8 * by * (look.contrast - 0.5)))
    soft = cv2.GaussianBlur(out, (0, 0), 1.4)
    out = out + (out - soft) * np.float32(1.8 * by * (look.edge - 0.4))
    return to_bytes(out + _fine(look, pixels.shape, rng) * np.float32(max(0.0, by)))


def _share(look: Trained, scale: float) -> float:
    return float(np.clip(scale, -MOST_SCALE, MOST_SCALE)) * look.strength


def _fine(look: Trained, shape: tuple[int, ...], rng: np.random.Generator) -> Pixels:
    """What is added at scale 1: the texture as far as one stands for the whole set, else grain."""
    height, width = shape[:2]
    even = look.swatch.even if look.swatch else 0.0
    noise = rng.standard_normal((height, width, 1), np.float32) * np.float32(20 * look.grain * (1 - even))
    if look.swatch is None or even == 0:
        return noise
    return noise + swatch.drawn(look.swatch.patch, width, height, rng) * np.float32(even * WOVEN)


def added(pixels: Pixels, look: Look, rng: np.random.Generator, log: Callable[[str], None], prompt: str = "") -> Pixels:
    """All LoRAs, the style of one's own and the colours that a look asks for, in this order.

    A LoRA that was trained under a trigger phrase shows in full where `prompt` has it.
    """
    for lora in look.loras:
        found = _trained(lora, log)
        pixels = dress(pixels, found, lora.scale * _called(found, prompt, log), rng)
    if look.style_id:
        log("Styles of your own live with their vendor: style_id gives a look here that only its name decides.")
        pixels = dress(pixels, derived(look.style_id), 1.0, rng)
    return looks.pull(pixels, look.colors)


@dataclass(frozen=True, slots=True)
class Dress:
    """The LoRAs of a look, read once, to be put on many pictures of one video: the same on each."""

    worn: tuple[tuple[Trained, float], ...]
    seed: int

    def __call__(self, pixels: Pixels) -> Pixels:
        """A picture (H, W, 3) uint8 in their look; the same picture always comes out the same."""
        rng = self._rng()
        for found, scale in self.worn:
            pixels = dress(pixels, found, scale, rng)
        return pixels

    def steady(self, first: Pixels) -> Callable[[Pixels], Pixels]:
        """The same for the frames of a clip, which `first` stands for: one change of colours, one texture over all."""
        change, rng = colours.learn(first, self(first)), self._rng()
        fine = np.zeros((*first.shape[:2], 3), np.float32)
        for found, scale in self.worn:
            fine += _fine(found, first.shape, rng) * np.float32(max(0.0, _share(found, scale)))
        return lambda pixels: to_bytes(change(pixels) + fine)

    def _rng(self) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(self.seed))


def dresser(look: Look, prompt: str, log: Callable[[str], None], seed: int) -> Dress | None:
    """What puts a look's LoRAs on; None where it has none. Raises InputError for files that cannot be used."""
    found = [(_trained(lora, log), lora.scale) for lora in look.loras]
    worn = tuple((trained, scale * _called(trained, prompt, log)) for trained, scale in found)
    return Dress(worn, seed) if worn else None


def _called(found: Trained, prompt: str, log: Callable[[str], None]) -> float:
    """The share of its scale that a LoRA keeps, by its trigger phrase."""
    wanted, given = (" ".join(re.findall(r"[\w'-]+", text.casefold())) for text in (found.trigger, prompt))
    if not wanted or f" {wanted} " in f" {given} ":
        return 1.0
    log(f'The prompt lacks the trigger phrase "{found.trigger}": the LoRA counts for {UNCALLED:.0%} of its scale.')
    return UNCALLED


def _trained(lora: Lora, log: Callable[[str], None]) -> Trained:
    if lora.file is None:
        log(f"LoRA {lora.path}: not a URL, so not fetched; it gives a look that only its name decides.")
        return derived(f"{lora.path} {lora.weight_name or ''}")
    try:
        found = read_look(lora.file.file)
    except ValueError as error:
        msg = f"The LoRA cannot be used: {error}."
        raise InputError(lora.file.loc, "value_error", msg, value=lora.file.url) from error
    why = "its own look, palette and texture" if found.own else "no look in it; one that follows from its bytes is used"
    log(f"LoRA {lora.path}: {why}, at scale {lora.scale:g}.")
    return found


def like(pixels: Pixels, reference: Reference, *, networks: bool) -> tuple[Pixels, tuple[str, ...]]:
    """The look of a reference picture within its mask, and the learned parts that ran."""
    model = np.ascontiguousarray(pictures.read(reference.image)[..., :3])
    by = float(np.clip(reference.scale, 0, MOST_SCALE))
    if by == 0:
        return pixels, ()
    out, parts = pixels, tuple[str, ...]()
    if networks:
        out = neural_style.apply(np.ascontiguousarray(out), model, min(1.0, 0.55 * by))
        parts = (neural_style.name(model),)
    out = looks.like(out, model, min(1.0, 0.85 * by))
    if reference.mask is None:
        return out, parts
    mask = pictures.read(reference.mask)[..., :3].astype(np.float32).mean(axis=2) / 255
    mask = cv2.resize(mask, pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    inside = cv2.GaussianBlur((mask >= reference.mask_threshold).astype(np.float32), (0, 0), 1.2)[..., None]
    return to_bytes(pixels * (1 - inside) + out * inside), parts
