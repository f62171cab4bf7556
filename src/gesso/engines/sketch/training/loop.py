"""The training loop: flow matching on noisy latents, the adapters' gradients, AdamW; and the loss on fixed noise.

A step's own loss says little, for most of it is the noise that the step drew. What is told is therefore the mean loss
on a few examples with shares of noise that stand for all that training draws, and with noise that never changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from gesso.engines.sketch.training.layers import Array
from gesso.engines.sketch.training.transformer import DIM, Example, Transformer

BETAS = (0.9, 0.999)
DECAY = 0.01
EPSILON = 1e-8
MAX_NORM = 1.0
"""Gradients beyond this length are shortened."""

WARM_UP = 0.05
"""Share of the steps over which the learning rate rises."""

WIDTH = 1536
"""How wide the narrowest Wan is: learning rates are chosen for it, and the best one falls with the width (Yang and Hu
2021), so that a network of `DIM` takes WIDTH / DIM times the rate."""

PROBES = 12
"""Examples with noise on which the loss is told."""

TOLD, APART = 20, 10
"""Times that it is told, with at least so many steps between."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Loss of each step; the loss on fixed noise after 0 and further steps; and what it is without the captions."""

    losses: list[float]
    probes: list[tuple[int, float]]
    unworded: float

    @property
    def before(self) -> float:
        return self.probes[0][1]

    @property
    def after(self) -> float:
        return self.probes[-1][1]


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

    def __init__(self, parameters: Sequence[Array]) -> None:
        self._parameters = parameters
        self._first = [np.zeros_like(one) for one in parameters]
        self._second = [np.zeros_like(one) for one in parameters]
        self._steps = 0

    def step(self, gradients: Sequence[Array], rate: float) -> None:
        """Move the parameters in place."""
        self._steps += 1
        length = float(np.sqrt(sum(float((one * one).sum()) for one in gradients)))
        share = min(1.0, MAX_NORM / (length + 1e-12))
        first_due, second_due = (1 - beta**self._steps for beta in BETAS)
        for i, value in enumerate(self._parameters):
            moved = gradients[i] * share
            self._first[i] += (1 - BETAS[0]) * (moved - self._first[i])
            self._second[i] += (1 - BETAS[1]) * (moved * moved - self._second[i])
            way = self._first[i] / first_due / (np.sqrt(self._second[i] / second_due) + EPSILON)
            value[...] -= rate * (way + DECAY * value)


def flow_loss(net: Transformer, example: Example, noise: Array, sigma: float) -> tuple[float, Callable[[], None]]:
    """Mean squared error of the guessed flow, and what adds its gradients up in the adapters."""
    clean = example.latents.astype(net.kind)
    noisy = (1 - sigma) * clean + sigma * noise
    guess, back = net(noisy.astype(net.kind), sigma, example)
    apart = guess - (noise - clean)
    return float((apart * apart).mean()), lambda: (back(2 * apart / apart.size), None)[1]


def train(
    net: Transformer,
    examples: Sequence[Example],
    *,
    steps: int,
    rate: float,
    shift: float,
    seed: int,
    told: Callable[[int, float], None],
) -> Trained:
    """Train the adapters for `steps` steps of one example each. `told` gets, now and then, a step's number and the loss
    on fixed noise.

    `shift` moves the shares of noise towards more of it, as Wan's schedules do (3 at 480p, 5 at 720p).
    """
    layers = list(net.adapters().values())
    optimiser = AdamW([one for layer in layers for one in (layer.a, layer.b)])
    losses, probes = list[float](), [(0, probed(net, examples, shift))]
    for step, (example, sigma, noise) in enumerate(_drawn(examples, shift, seed, net.kind, steps)):
        for layer in layers:
            layer.grad_a[:], layer.grad_b[:] = 0, 0
        loss, add_gradients = flow_loss(net, example, noise, sigma)
        add_gradients()
        moved = rate * WIDTH / DIM * scheduled(step, steps)
        optimiser.step([one for layer in layers for one in (layer.grad_a, layer.grad_b)], moved)
        losses.append(loss)
        if (step + 1) % max(APART, steps // TOLD) == 0 or step + 1 == steps:
            probes.append((step + 1, probed(net, examples, shift)))
            told(*probes[-1])
    without = probed(net, [replace(example, words=()) for example in examples], shift)
    return Trained(losses, probes, without)


def _drawn(
    examples: Sequence[Example], shift: float, seed: int, kind: Any, steps: int
) -> Iterator[tuple[Example, float, Array]]:
    """For each step an example, a share of noise and the noise; every example comes once before any comes again."""
    rng = np.random.Generator(np.random.PCG64(seed))
    order: list[int] = []
    for _ in range(steps):
        order = order or rng.permutation(len(examples)).tolist()
        example = examples[order.pop()]
        sigma = shifted(1 / (1 + float(np.exp(-rng.standard_normal()))), shift)
        yield example, sigma, rng.standard_normal(example.latents.shape).astype(kind)


def scheduled(step: int, steps: int) -> float:
    """Share of the learning rate: up over the first steps, then down along a cosine, so that it comes to rest."""
    warm = min(1.0, (step + 1) / max(1.0, WARM_UP * steps))
    return warm * (0.5 + 0.5 * math.cos(math.pi * step / steps))


def shifted(sigma: float, shift: float) -> float:
    """A share of noise moved towards more of it."""
    return shift * sigma / (1 + (shift - 1) * sigma)


def probed(net: Transformer, examples: Sequence[Example], shift: float) -> float:
    """Mean loss on fixed noise, whose shares are even parts of those that training draws."""
    losses: list[float] = []
    for i in range(PROBES):
        example = examples[i * len(examples) // PROBES if len(examples) > PROBES else i % len(examples)]
        part = NormalDist().inv_cdf((i * 5 % PROBES + 0.5) / PROBES)
        rng = np.random.Generator(np.random.PCG64([77, i]))
        noise = rng.standard_normal(example.latents.shape).astype(net.kind)
        losses.append(flow_loss(net, example, noise, shifted(1 / (1 + math.exp(-part)), shift))[0])
    return float(np.mean(losses))


def weights(net: Transformer) -> Mapping[str, Any]:
    """The adapters under the names by which diffusers loads a LoRA for Wan."""
    out: dict[str, Any] = {}
    for name, layer in net.adapters().items():
        out[f"transformer.{name}.lora_A.weight"] = layer.a.astype(np.float32)
        out[f"transformer.{name}.lora_B.weight"] = layer.b.astype(np.float32)
    return out
