"""A tiny video transformer of Wan's build: the network that a sketch's LoRA is trained on.

Its weights are made here from a fixed seed; nothing was ever trained into them but what can be said in a formula: read
in and out by the same orthogonal matrix, the untouched network gives the best linear guess for white latents. What the
adapters learn on top is what the examples have in common.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.training.latents import CHANNELS
from gesso.engines.sketch.training.layers import Adapted, Array, Back, attend, gelu, layer_norm, rms_norm, rotated

DIM, HEADS, FFN, BLOCKS = 64, 4, 128, 2
HEAD = DIM // HEADS
PATCH = 2
"""Latent pixels a side that make a token."""

RANK = 16
SEED = 20_210_114
WORDS = 24
"""Words of a caption that are read."""

BASE_SHARE = 0.08
"""Size of the blocks' own weights: small, so that the untouched network stays near its linear guess."""

SPATIAL = 2 * (HEAD // 6)
"""Features of a head that turn with the row, and as many with the column; the rest turn with time."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the network is shown: `latents` (T, h, w, 16), its caption's words, and where given its first frame."""

    latents: Array
    words: tuple[str, ...]
    first: Array | None = None


def _matrix(name: str, shape: tuple[int, int], share: float) -> npt.NDArray[np.float64]:
    rng = np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))
    return rng.standard_normal(shape) / np.sqrt(shape[1]) * share


def orthogonal(name: str, size: int) -> npt.NDArray[np.float64]:
    """A fixed orthogonal matrix."""
    q, r = np.linalg.qr(_matrix(name, (size, size), 1.0))
    return q * np.sign(np.diag(r))


class Attention:
    """Attention of a block: to the tokens themselves, or to words (and, for image to video, a picture's tokens)."""

    def __init__(self, name: str, kind: Any, rng: np.random.Generator, *, picture: bool = False) -> None:
        def layer(part: str) -> Adapted:
            return Adapted(_matrix(f"{name}.{part}", (DIM, DIM), BASE_SHARE).astype(kind), RANK, rng)

        names = ("to_q", "to_k", "to_v", "to_out.0", *(("add_k_proj", "add_v_proj") if picture else ()))
        self.layers = {part: layer(part) for part in names}

    def __call__(
        self, x: Array, memory: Array | None, places: tuple[Array, Array] | None, picture: Array | None
    ) -> tuple[Array, Back]:
        """`memory` (words, DIM) is constant; without it the tokens attend to themselves, turned by `places`."""
        source = x if memory is None else memory
        q, back_q = self._normed("to_q", x)
        k, back_k = self._normed("to_k", source)
        v, back_v = self.layers["to_v"](source)
        q, k = _turned(q, places), _turned(k, places)
        out, back_attend = attend(_heads(q), _heads(k), _heads(v))
        mixed = _flat(out)
        extra = self._picture(q, picture) if picture is not None else None
        if extra is not None:
            mixed = mixed + extra[0]
        result, back_out = self.layers["to_out.0"](mixed)

        def back(grad: Array) -> Array:
            grad_mixed = back_out(grad)
            grad_q, grad_k, grad_v = (_flat(part) for part in back_attend(_heads(grad_mixed)))
            if extra is not None:
                grad_q = grad_q + extra[1](grad_mixed)
            total = back_q(_turned(grad_q, places, -1))
            own = back_k(_turned(grad_k, places, -1)) + back_v(grad_v)
            return total + own if memory is None else total

        return result, back

    def _normed(self, part: str, x: Array) -> tuple[Array, Back]:
        y, back_y = self.layers[part](x)
        z, back_z = rms_norm(y)
        return z, lambda grad: back_y(back_z(grad))

    def _picture(self, q: Array, picture: Array) -> tuple[Array, Back]:
        """Attention to a picture's tokens, which are constant."""
        k, back_k = self._normed("add_k_proj", picture)
        v, back_v = self.layers["add_v_proj"](picture)
        out, back_attend = attend(_heads(q), _heads(k), _heads(v))

        def back(grad: Array) -> Array:
            grad_q, grad_k, grad_v = (_flat(part) for part in back_attend(_heads(grad)))
            back_k(grad_k)
            back_v(grad_v)
            return grad_q

        return _flat(out), back


def _heads(x: Array) -> Array:
    return x.reshape(len(x), HEADS, HEAD)


def _flat(x: Array) -> Array:
    return x.reshape(len(x), DIM)


def _turned(x: Array, places: tuple[Array, Array] | None, way: int = 1) -> Array:
    return x if places is None else _flat(rotated(_heads(x), places[0], way * places[1]))


class Block:
    """Self-attention, attention to the words, and a feed-forward layer, the first and last steered by time."""

    def __init__(self, number: int, kind: Any, rng: np.random.Generator, *, picture: bool) -> None:
        name = f"blocks.{number}"
        self.attn1 = Attention(f"{name}.attn1", kind, rng)
        self.attn2 = Attention(f"{name}.attn2", kind, rng, picture=picture)
        self.up = Adapted(_matrix(f"{name}.ffn.up", (FFN, DIM), BASE_SHARE).astype(kind), RANK, rng)
        self.down = Adapted(_matrix(f"{name}.ffn.down", (DIM, FFN), BASE_SHARE).astype(kind), RANK, rng)

    def layers(self) -> Iterator[tuple[str, Adapted]]:
        """Adapted layers under diffusers' names."""
        for name in ("attn1", "attn2"):
            for part, layer in getattr(self, name).layers.items():
                yield f"{name}.{part}", layer
        yield "ffn.net.0.proj", self.up
        yield "ffn.net.2", self.down

    def __call__(
        self, x: Array, steer: Array, words: Array, places: tuple[Array, Array], picture: Array | None
    ) -> tuple[Array, Back]:
        """`steer` (6, DIM): shift, scale and gate of the attention, then of the feed-forward layer."""
        one, back_one = layer_norm(x)
        a, back_a = self.attn1(one * (1 + steer[1]) + steer[0], None, places, None)
        y = x + a * steer[2]
        two, back_two = layer_norm(y)
        b, back_b = self.attn2(two, words, None, picture)
        z = y + b
        three, back_three = layer_norm(z)
        h, back_up = self.up(three * (1 + steer[4]) + steer[3])
        g, back_gelu = gelu(h)
        f, back_down = self.down(g)

        def back(grad: Array) -> Array:
            inner = back_up(back_gelu(back_down(grad * steer[5])))
            grad_z = grad + back_three(inner * (1 + steer[4]))
            grad_y = grad_z + back_two(back_b(grad_z))
            return grad_y + back_one(back_a(grad_y * steer[2]) * (1 + steer[1]))

        return z + f * steer[5], back


class Transformer:
    """The network with its adapters. `kind` is the type of its numbers."""

    def __init__(self, *, picture: bool, seed: int, kind: Any = np.float32) -> None:
        rng = np.random.Generator(np.random.PCG64([SEED, seed]))
        self.kind = kind
        self.blocks = [Block(i, kind, rng, picture=picture) for i in range(BLOCKS)]
        self._carry = orthogonal("patch", DIM).astype(kind)
        self._first = _matrix("first", (DIM, DIM), 0.5).astype(kind)
        self._time = _matrix("time", (6 * DIM, DIM), 0.4).astype(kind)

    def adapters(self) -> dict[str, Adapted]:
        """By diffusers' names, without `transformer.`."""
        return {f"blocks.{i}.{name}": layer for i, block in enumerate(self.blocks) for name, layer in block.layers()}

    def __call__(self, noisy: Array, sigma: float, example: Example) -> tuple[Array, Back]:
        """The flow (noise - latents) that is guessed for latents (T, h, w, 16) of which a share `sigma` is noise."""
        shape = noisy.shape
        tokens = patches(noisy)
        x = tokens @ self._carry.T
        first = patches(example.first) if example.first is not None else None
        if first is not None:  # what it begins with is known to every frame
            x = x + np.tile(first @ self._first.T, (shape[0], 1))
        steer = self._steer(sigma)
        words, places = embedded(example.words).astype(self.kind), angles(shape, self.kind)
        picture = first @ self._carry.T if first is not None else None
        backs: list[Back] = []
        hidden = x
        for block in self.blocks:
            hidden, back = block(hidden, steer, words, places, picture)
            backs.append(back)
        gain = linear_gain(sigma)
        out = tokens * gain + (hidden - x) @ self._carry

        def way_back(grad: Array) -> Array:
            along = patches(grad) @ self._carry.T
            for back in reversed(backs):
                along = back(along)
            return along

        return unpatched(out, shape), way_back

    def _steer(self, sigma: float) -> Array:
        turns = np.exp(-np.log(1e4) * np.arange(DIM // 2) / (DIM // 2)) * sigma * 1000
        steer = (self._time @ np.concatenate([np.cos(turns), np.sin(turns)]).astype(self.kind)).reshape(6, DIM)
        steer[2] += 1
        steer[5] += 1
        return steer


def linear_gain(sigma: float) -> float:
    """The best factor from noisy to flow where latents are white: E[n - z | (1 - s) z + s n]."""
    return (2 * sigma - 1) / (sigma * sigma + (1 - sigma) ** 2)


def patches(x: Array) -> Array:
    """(T, h, w, 16) -> (T h/2 w/2, 64)."""
    t, h, w, c = x.shape
    cut = x.reshape(t, h // PATCH, PATCH, w // PATCH, PATCH, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(-1, PATCH * PATCH * c)


def unpatched(tokens: Array, shape: tuple[int, ...]) -> Array:
    """The way back of `patches`."""
    t, h, w, c = shape
    cut = tokens.reshape(t, h // PATCH, w // PATCH, PATCH, PATCH, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(shape)


def angles(shape: tuple[int, ...], kind: Any) -> tuple[Array, Array]:
    """Cosines and sines (tokens, 1, HEAD / 2) by a token's time, row and column."""
    t, h, w = shape[0], shape[1] // PATCH, shape[2] // PATCH
    grid = np.stack(np.meshgrid(np.arange(t), np.arange(h), np.arange(w), indexing="ij"), axis=-1).reshape(-1, 3)
    parts = [
        grid[:, i : i + 1] * 1e4 ** (-np.arange(0, size, 2) / size)
        for i, size in enumerate((HEAD - 2 * SPATIAL, SPATIAL, SPATIAL))
    ]
    turns = np.concatenate(parts, axis=1)[:, None]
    return np.cos(turns).astype(kind), np.sin(turns).astype(kind)


@lru_cache(maxsize=64)
def embedded(words: tuple[str, ...]) -> Array:
    """(words, DIM): each word its own fixed direction; a caption without words has one empty one."""
    kept = words[:WORDS] or ("",)
    return np.stack([_matrix(f"word {word}", (1, DIM), float(np.sqrt(DIM)))[0] for word in kept])


if CHANNELS * PATCH * PATCH != DIM:
    raise ValueError("a token must hold as many numbers as the network is wide")
