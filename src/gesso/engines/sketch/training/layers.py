"""The layers of a transformer, forward and backward, in numpy. Each gives its output and the way back.

The way back takes the gradient of the output and gives that of the input; layers with adapters add up theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Back = Callable[[Array], Array]

EPSILON = 1e-6


class Adapted:
    """A frozen linear layer with a low-rank adapter: y = x W' + b + (x A') B'.

    `A` (rank, in) begins at random, `B` (out, rank) at zero: an untrained adapter changes nothing.
    """

    def __init__(self, weight: Array, rank: int, rng: np.random.Generator) -> None:
        self.weight = weight
        outputs, inputs = weight.shape
        self.a = (rng.standard_normal((rank, inputs)) / np.sqrt(inputs)).astype(weight.dtype)
        self.b = np.zeros((outputs, rank), weight.dtype)
        self.grad_a, self.grad_b = np.zeros_like(self.a), np.zeros_like(self.b)

    def __call__(self, x: Array) -> tuple[Array, Back]:
        low = x @ self.a.T

        def back(grad: Array) -> Array:
            down = grad @ self.b
            self.grad_b += grad.T @ low
            self.grad_a += down.T @ x
            return grad @ self.weight + down @ self.a

        return x @ self.weight.T + low @ self.b.T, back


def layer_norm(x: Array) -> tuple[Array, Back]:
    """Over the last axis, without weights."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
    out = centred * scale

    def back(grad: Array) -> Array:
        along = (grad * out).mean(axis=-1, keepdims=True)
        return (grad - grad.mean(axis=-1, keepdims=True) - out * along) * scale

    return out, back


def rms_norm(x: Array) -> tuple[Array, Back]:
    """Over the last axis, without weights: what Wan does to queries and keys, across heads."""
    scale = 1 / np.sqrt((x * x).mean(axis=-1, keepdims=True) + EPSILON)
    out = x * scale

    def back(grad: Array) -> Array:
        return (grad - out * (grad * out).mean(axis=-1, keepdims=True)) * scale

    return out, back


def gelu(x: Array) -> tuple[Array, Back]:
    """The tanh form."""
    root = float(np.sqrt(2 / np.pi))
    inner = np.tanh(root * (x + 0.044715 * x * x * x))

    def back(grad: Array) -> Array:
        slope = root * (1 + 3 * 0.044715 * x * x)
        return grad * (0.5 * (1 + inner) + 0.5 * x * (1 - inner * inner) * slope)

    return 0.5 * x * (1 + inner), back


def rotated(x: Array, cosine: Array, sine: Array) -> Array:
    """Rotary places: pairs of features (tokens, heads, size) turned by angles (tokens, 1, size / 2).

    The way back is the same with -`sine`.
    """
    even, odd = x[..., 0::2], x[..., 1::2]
    out = np.empty_like(x)
    out[..., 0::2] = even * cosine - odd * sine
    out[..., 1::2] = even * sine + odd * cosine
    return out


def attend(q: Array, k: Array, v: Array) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Attention of (tokens, heads, size) queries to keys and values; the way back gives all three gradients."""
    scale = 1 / float(np.sqrt(q.shape[-1]))
    q, k, v = (np.ascontiguousarray(part.transpose(1, 0, 2)) for part in (q, k, v))  # a product of matrices by head
    scores = q @ k.transpose(0, 2, 1) * scale
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)

    def back(grad: Array) -> tuple[Array, Array, Array]:
        by_head = np.ascontiguousarray(grad.transpose(1, 0, 2))
        grad_weights = by_head @ v.transpose(0, 2, 1)
        inner = weights * (grad_weights - (grad_weights * weights).sum(axis=-1, keepdims=True)) * scale
        grads = inner @ k, inner.transpose(0, 2, 1) @ q, weights.transpose(0, 2, 1) @ by_head
        grad_q, grad_k, grad_v = (part.transpose(1, 0, 2) for part in grads)
        return grad_q, grad_k, grad_v

    return (weights @ v).transpose(1, 0, 2), back
