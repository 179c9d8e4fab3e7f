"""The vanilla GAN on MNIST as tutorials usually write it: the loop most people start from.

Torchvision transforms each picture as a `DataLoader` asks for it, the discriminator ends in a
sigmoid before `BCELoss`, and real and generated pictures pass through it one after the other. The
generated ones stay attached to the generator, so the discriminator's move also computes gradients
for the generator that the next `zero_grad` throws away.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

BATCH = 128
LATENT = 100


TRANSFORM = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])


def train(root: Path, seed: int = 0) -> Iterator[None]:
    """Train on the MNIST files under `root`, for ever; yields after each step."""
    return steps(datasets.MNIST(root, train=True, transform=TRANSFORM), "cpu", seed)


def steps(digits: Any, device: str, seed: int = 0) -> Iterator[None]:
    """Train on transformed digits with labels, for ever; yields after each step."""
    torch.manual_seed(seed)
    loader = DataLoader(digits, batch_size=BATCH, shuffle=True, drop_last=True)

    generator = nn.Sequential(
        nn.Linear(LATENT, 128),
        nn.ReLU(),
        nn.Linear(128, 256),
        nn.ReLU(),
        nn.Linear(256, 512),
        nn.ReLU(),
        nn.Linear(512, 784),
        nn.Tanh(),
    ).to(device)
    discriminator = nn.Sequential(
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 256),
        nn.ReLU(),
        nn.Linear(256, 1),
        nn.Sigmoid(),
    ).to(device)
    criterion = nn.BCELoss()
    g_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.9, 0.999))
    d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.9, 0.999))
    ones = torch.ones(BATCH, 1, device=device)
    zeros = torch.zeros(BATCH, 1, device=device)

    while True:
        d_total = g_total = 0.0
        for images, _ in loader:
            real = images.view(BATCH, -1).to(device)  # (B, 1, 28, 28) -> (B, 784)

            d_optimizer.zero_grad()
            fake = generator(torch.randn(BATCH, LATENT, device=device))
            d_real_loss = criterion(discriminator(real), ones)
            d_fake_loss = criterion(discriminator(fake), zeros)
            d_loss = d_real_loss + d_fake_loss
            d_loss.backward()
            d_optimizer.step()

            g_optimizer.zero_grad()
            fake = generator(torch.randn(BATCH, LATENT, device=device))
            g_loss = criterion(discriminator(fake), ones)
            g_loss.backward()
            g_optimizer.step()

            d_total += d_loss.item()
            g_total += g_loss.item()
            yield
