"""The network: gradients against finite differences, shapes there and back, learning at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gesso.engines.sketch.training import latents, layers, loop, transformer
from gesso.engines.sketch.training.transformer import Example, Transformer

NUDGE = 1e-5


@pytest.mark.parametrize("make", [layers.layer_norm, layers.rms_norm, layers.gelu])
def test_the_way_back_of_a_layer_is_its_gradient(make: Callable[[layers.Array], tuple[layers.Array, layers.Back]]):
    rng = np.random.default_rng(1)
    x, pull = rng.standard_normal((5, 8)), rng.standard_normal((5, 8))
    _, back = make(x)
    got = back(pull)
    for place in np.ndindex(x.shape):
        high, low = x.copy(), x.copy()
        high[place] += NUDGE
        low[place] -= NUDGE
        slope = ((make(high)[0] - make(low)[0]) * pull).sum() / (2 * NUDGE)
        assert got[place] == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("picture", [False, True])
def test_every_adapters_gradient_is_the_losss_slope(picture: bool):
    rng = np.random.default_rng(2)
    net = Transformer(picture=picture, seed=3, kind=np.float64)
    for layer in net.adapters().values():
        layer.b[:] = rng.standard_normal(layer.b.shape) * 0.1
    first = rng.standard_normal((1, 4, 4, 16)) if picture else None
    example = Example(rng.standard_normal((2, 4, 4, 16)), ("a", "red", "cat"), first)
    noise = rng.standard_normal(example.latents.shape)
    _, add_gradients = loop.flow_loss(net, example, noise, 0.7)
    add_gradients()
    for name, layer in net.adapters().items():
        for values, gradient in ((layer.a, layer.grad_a), (layer.b, layer.grad_b)):
            for _ in range(2):
                place = tuple(int(rng.integers(side)) for side in values.shape)
                old = values[place]
                losses: list[float] = []
                for nudge in (NUDGE, -NUDGE):
                    values[place] = old + nudge
                    losses.append(loop.flow_loss(net, example, noise, 0.7)[0])
                values[place] = old
                slope = (losses[0] - losses[1]) / (2 * NUDGE)
                assert gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-9), name


def test_an_untrained_adapter_changes_nothing():
    example = Example(np.random.default_rng(4).standard_normal((1, 4, 6, 16)).astype(np.float32), ("word",))
    nets = [Transformer(picture=False, seed=seed) for seed in (1, 2)]
    one, other = (net(example.latents, 0.5, example)[0] for net in nets)
    assert (one == other).all()


def test_patches_come_back():
    x = np.random.default_rng(5).standard_normal((3, 4, 6, 16))
    assert (transformer.unpatched(transformer.patches(x), x.shape) == x).all()


def test_a_flat_picture_is_its_first_coefficients():
    frame = np.full((16, 24, 3), (255, 255, 255), np.uint8)
    made = latents.encoded([frame])
    assert made.shape == (1, 2, 3, 16)
    assert made[..., 0] == pytest.approx((1 - latents.MEAN[0]) / latents.SPREAD[0], abs=0.01)
    assert made[..., 1:8] == pytest.approx(0, abs=0.02)


def test_81_frames_are_21_latent_ones():
    rng = np.random.default_rng(6)
    frames = [rng.integers(0, 255, (16, 16, 3)).astype(np.uint8) for _ in range(81)]
    made = latents.encoded(frames)
    assert made.shape == (21, 2, 2, 16)
    assert made[1] == pytest.approx(np.mean([latents.encoded([frame])[0] for frame in frames[1:5]], axis=0), abs=1e-5)


def test_training_learns_what_the_examples_share_and_only_that():
    rng = np.random.default_rng(7)
    common = np.tile(2 * rng.standard_normal(16).astype(np.float32), (1, 4, 4, 1))  # a colour and a texture
    examples = [Example(common + 0.1 * rng.standard_normal(common.shape).astype(np.float32), ()) for _ in range(4)]
    net = Transformer(picture=False, seed=1)
    done = loop.train(net, examples, steps=100, rate=2e-4, shift=3.0, seed=1, told=lambda step, loss: None)
    assert len(done.losses) == 100
    assert done.after < 0.6 * done.before
    other = [Example(rng.standard_normal(common.shape).astype(np.float32), ()) for _ in range(4)]
    fresh = Transformer(picture=False, seed=1)
    assert loop.probed(net, other, 3.0) > 0.95 * loop.probed(fresh, other, 3.0)


def test_more_noise_is_chosen_where_the_schedule_is_shifted():
    assert loop.shifted(0.5, 3.0) == pytest.approx(0.75)
    assert [loop.shifted(value, 5.0) for value in (0.0, 1.0)] == [0.0, 1.0]
