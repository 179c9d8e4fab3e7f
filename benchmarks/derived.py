"""The vanilla GAN on MNIST without autograd: how fast this one pair of networks could go.

Nobody trains this way, since every change of a network or a loss is a new derivation by hand; it
shows what autograd and `torch.optim` cost on networks so small. The digits lie in memory as bytes,
real and generated pictures pass through the discriminator as one batch, and the gradients are
matrix products written out, so no move computes a gradient that it does not use. Whatever a step
computes goes into memory set aside at the start, and a network's weights are views of one flat
tensor, which makes Adam a single kernel.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.adam import adam

BATCH = 128
LATENT = 100


class Network:
    """Linear layers with ReLU between them, their gradients, and the state of their Adam."""

    def __init__(self, sizes: tuple[int, ...], rng: torch.Generator) -> None:
        shapes = [shape for n, m in pairwise(sizes) for shape in ((m, n), (m,))]
        lengths = [prod(shape) for shape in shapes]
        self.values, self.grads, self.mean, self.square = torch.zeros(4, sum(lengths)).unbind()
        self.step = torch.zeros(())

        def views(flat: Tensor) -> list[Tensor]:
            return [part.view(s) for part, s in zip(flat.split(lengths), shapes, strict=True)]

        values, grads = views(self.values), views(self.grads)
        self.weights, self.biases = values[::2], values[1::2]
        self.weight_grads, self.bias_grads = grads[::2], grads[1::2]
        for weight, bias in zip(self.weights, self.biases, strict=True):
            bound = weight.shape[1] ** -0.5  # as `nn.Linear` starts
            weight.uniform_(-bound, bound, generator=rng)
            bias.uniform_(-bound, bound, generator=rng)

    def forward(self, layers: list[Tensor]) -> None:
        """From `layers[0]`, fill the rest: what enters each layer, and last the bare output."""
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if i > 0:
                layers[i].relu_()
            torch.addmm(bias, layers[i], weight.t(), out=layers[i + 1])

    def backward(self, layers: list[Tensor], errors: list[Tensor], learn: bool = True) -> None:
        """From `errors[-1]`, the loss's gradient at the output, fill it in at each layer below.

        `errors[i]` belongs to `layers[i + 1]`. With `learn`, write the weights' gradients too.
        """
        for i in reversed(range(len(self.weights))):
            if learn:
                torch.mm(errors[i].t(), layers[i], out=self.weight_grads[i])
                torch.sum(errors[i], 0, out=self.bias_grads[i])
            if i > 0:
                torch.mm(errors[i], self.weights[i], out=errors[i - 1])
                errors[i - 1].mul_(layers[i] > 0)

    def update(self) -> None:
        """One step of Adam, by the function: `torch.optim.Adam.step` spends longer in Python."""
        adam(
            [self.values],
            [self.grads],
            [self.mean],
            [self.square],
            [],
            [self.step],
            fused=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=2e-4,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )


def room(rows: int, widths: tuple[int, ...]) -> list[Tensor]:
    """A tensor to write into for each width."""
    return [torch.zeros(rows, width) for width in widths]


@torch.inference_mode()
def train(root: Path, seed: int = 0) -> Iterator[None]:
    """Train on the MNIST files under `root`, for ever; yields after each step."""
    rng = torch.Generator().manual_seed(seed)
    raw = bytearray((root / "MNIST/raw/train-images-idx3-ubyte").read_bytes())
    digits = torch.frombuffer(raw, dtype=torch.uint8, offset=16).view(-1, 784)
    generator = Network((LATENT, 128, 256, 512, 784), rng)
    discriminator = Network((784, 512, 256, 1), rng)

    # The generator does not change during the discriminator's move. So its pictures for both
    # moves, each from noise of its own, come out of one pass, below the real ones in memory.
    images = torch.zeros(3 * BATCH, 784)
    real, fakes = images[:BATCH], images[BATCH:]
    d_batch, g_batch = images[: 2 * BATCH], images[2 * BATCH :]
    g_layers = [*room(2 * BATCH, (LATENT, 128, 256, 512)), fakes]
    g_layers_second = [layer[BATCH:] for layer in g_layers]
    g_errors = room(BATCH, (128, 256, 512, 784))
    d_layers = [d_batch, *room(2 * BATCH, (512, 256, 1))]
    d_errors = room(2 * BATCH, (512, 256, 1))
    d_layers_second = [g_batch, *room(BATCH, (512, 256, 1))]
    d_errors_second = room(BATCH, (512, 256, 1))
    is_real = torch.cat([torch.ones(BATCH, 1), torch.zeros(BATCH, 1)])
    ones = torch.ones(BATCH, 1)

    while True:
        d_total, g_total = torch.zeros(()), torch.zeros(())
        order = torch.randperm(len(digits), generator=rng)
        for batch in order.split(BATCH)[: len(digits) // BATCH]:
            torch.div(digits.index_select(0, batch), 127.5, out=real).sub_(1)
            g_layers[0].normal_(generator=rng)
            generator.forward(g_layers)
            fakes.tanh_()

            discriminator.forward(d_layers)
            logits = d_layers[-1]  # (2 B, 1)
            # The mean over the real and that over the generated, added: twice the mean of all.
            d_total += 2 * F.binary_cross_entropy_with_logits(logits, is_real)
            torch.sigmoid(logits, out=d_errors[-1]).sub_(is_real).div_(BATCH)
            discriminator.backward(d_layers, d_errors)
            discriminator.update()

            discriminator.forward(d_layers_second)
            logits = d_layers_second[-1]  # (B, 1)
            g_total += F.binary_cross_entropy_with_logits(logits, ones)
            torch.sigmoid(logits, out=d_errors_second[-1]).sub_(1).div_(BATCH)
            discriminator.backward(d_layers_second, d_errors_second, learn=False)
            at_images = torch.mm(d_errors_second[0], discriminator.weights[0], out=g_errors[-1])
            at_images.mul_(1 - g_batch * g_batch)  # the derivative of tanh
            generator.backward(g_layers_second, g_errors)
            generator.update()
            yield
