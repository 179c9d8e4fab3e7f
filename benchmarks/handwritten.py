"""The vanilla GAN on MNIST as a plain PyTorch loop, with everything that makes it fast.

The digits lie in memory as bytes; real and generated pictures pass through the discriminator as one
batch; the discriminator's move does not reach into the generator, and the generator's move takes no
gradient of the discriminator's weights; Adam is fused. It writes nothing down and keeps nothing.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import softplus

BATCH = 128
LATENT = 100


def perceptron(*sizes: int) -> nn.Sequential:
    """Linear layers with ReLU between them."""
    layers: list[nn.Module] = []
    for n, m in pairwise(sizes):
        layers += [nn.Linear(n, m), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])


def train(root: Path, seed: int = 0) -> Iterator[None]:
    """Train on the MNIST files under `root`, for ever; yields after each step."""
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    raw = bytearray((root / "MNIST/raw/train-images-idx3-ubyte").read_bytes())
    digits = torch.frombuffer(raw, dtype=torch.uint8, offset=16).view(-1, 784)
    generator = perceptron(LATENT, 128, 256, 512, 784).append(nn.Tanh())
    discriminator = perceptron(784, 512, 256, 1)
    g_weights, d_weights = list(generator.parameters()), list(discriminator.parameters())
    g_adam = torch.optim.Adam(g_weights, lr=2e-4, betas=(0.9, 0.999), fused=True)
    d_adam = torch.optim.Adam(d_weights, lr=2e-4, betas=(0.9, 0.999), fused=True)

    while True:
        d_total, g_total = torch.zeros(()), torch.zeros(())
        order = torch.randperm(len(digits), generator=rng)
        for batch in order.split(BATCH)[: len(digits) // BATCH]:
            real = digits.index_select(0, batch).float().div_(127.5).sub_(1)  # (B, 784)
            with torch.no_grad():
                fake = generator(torch.randn(BATCH, LATENT, generator=rng))
            on_real, on_fake = discriminator(torch.cat((real, fake))).chunk(2)
            d_loss = softplus(-on_real).mean() + softplus(on_fake).mean()
            d_loss.backward(inputs=d_weights)
            d_adam.step()
            d_adam.zero_grad()

            fake = generator(torch.randn(BATCH, LATENT, generator=rng))
            g_loss = softplus(-discriminator(fake)).mean()
            g_loss.backward(inputs=g_weights)
            g_adam.step()
            g_adam.zero_grad()

            d_total += d_loss.detach()
            g_total += g_loss.detach()
            yield
