"""The training loop: flow matching on noisy latents, the adapters' gradients, AdamW."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gesso.engines.sketch.training.layers import Array
from gesso.engines.sketch.training.transformer import Example, Transformer

BETAS = (0.9, 0.999)
DECAY = 0.01
EPSILON = 1e-8
MAX_NORM = 1.0
"""Gradients beyond this length are shortened."""

WARM_UP = 0.05
"""Share of the steps over which the learning rate rises."""

PROBES = (0.15, 0.4, 0.65, 0.9)
"""Shares of noise at which the loss is measured before and after."""

MOST_PROBED = 6


@dataclass(frozen=True, slots=True)
class Trained:
    """Loss of each step, and the mean loss on fixed noise before and after."""

    losses: list[float]
    before: float
    after: float


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
    """Train the adapters for `steps` steps of one example each. `told` gets each step's number and loss.

    `shift` moves the shares of noise towards more of it, as Wan's schedules do (3 at 480p, 5 at 720p).
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    layers = list(net.adapters().values())
    optimiser = AdamW([one for layer in layers for one in (layer.a, layer.b)])
    before = probed(net, examples)
    losses: list[float] = []
    order: list[int] = []
    for step in range(steps):
        order = order or rng.permutation(len(examples)).tolist()
        example = examples[order.pop()]
        sigma = shifted(1 / (1 + float(np.exp(-rng.standard_normal()))), shift)
        noise = rng.standard_normal(example.latents.shape).astype(net.kind)
        for layer in layers:
            layer.grad_a[:], layer.grad_b[:] = 0, 0
        loss, add_gradients = flow_loss(net, example, noise, sigma)
        add_gradients()
        warm = min(1.0, (step + 1) / max(1.0, WARM_UP * steps))
        optimiser.step([one for layer in layers for one in (layer.grad_a, layer.grad_b)], rate * warm)
        losses.append(loss)
        told(step + 1, loss)
    return Trained(losses, before, probed(net, examples))


def shifted(sigma: float, shift: float) -> float:
    """A share of noise moved towards more of it."""
    return shift * sigma / (1 + (shift - 1) * sigma)


def probed(net: Transformer, examples: Sequence[Example]) -> float:
    """Mean loss on fixed noise: what two moments of the training can be compared by."""
    chosen = examples[:: max(1, len(examples) // MOST_PROBED)][:MOST_PROBED]
    losses: list[float] = []
    for i, example in enumerate(chosen):
        rng = np.random.Generator(np.random.PCG64([77, i]))
        for sigma in PROBES:
            noise = rng.standard_normal(example.latents.shape).astype(net.kind)
            losses.append(flow_loss(net, example, noise, sigma)[0])
    return float(np.mean(losses))


def weights(net: Transformer) -> Mapping[str, Any]:
    """The adapters under the names by which diffusers loads a LoRA for Wan."""
    out: dict[str, Any] = {}
    for name, layer in net.adapters().items():
        out[f"transformer.{name}.lora_A.weight"] = layer.a.astype(np.float32)
        out[f"transformer.{name}.lora_B.weight"] = layer.b.astype(np.float32)
    return out
