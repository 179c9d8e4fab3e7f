"""The classifier in whose eyes digits are judged: a small convolutional network.

Its last hidden layer gives 64 numbers for a picture, its *features*: what of the picture decides
which digit it is. Pictures that look alike to it are near each other there, as they are not in
pixels, where shifting a digit by two changes almost everything. Its output gives the digit.

The weights come with the installation. ``python -m benchmarks.digit_features`` trained them, on
MNIST's 60,000 training digits; the file's header has the seed, and the accuracy on the 10,000 that
are for testing.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

FEATURES = 64
CLASSES = 10
WEIGHTS = Path(__file__).with_name("weights.safetensors")


def pretrained(weights: Path = WEIGHTS) -> Network:
    """The network that comes with the installation, ready to judge on the processor."""
    with torch.device("meta"):  # first weights are not drawn: torch's random state stays as it is
        network = Network()
    network.load_state_dict(load_file(weights), assign=True)
    network.requires_grad_(False).eval()
    return network.to(memory_format=torch.channels_last)  # twice as fast there


@torch.inference_mode()
def seen(network: Network, images: Tensor) -> tuple[Tensor, Tensor]:
    """How it sees images (N, 1, 28, 28): features (N, 64) and logits (N, 10)."""
    features = torch.cat([network.features(batch) for batch in torch.split(images, 250)])
    return features, network.classes(features)


class Network(nn.Module):
    """Five convolutions, a layer of features, a layer of classes."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(  # (N, 1, 28, 28), in [-1, 1]
            *convolution(1, 32),
            *convolution(32, 32, stride=2),  # (N, 32, 14, 14)
            *convolution(32, 64),
            *convolution(64, 64, stride=2),  # (N, 64, 7, 7)
            *convolution(64, 64),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, FEATURES),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(0.25)
        self.classes = nn.Linear(FEATURES, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 1, 28, 28) in [-1, 1] to logits (N, 10)."""
        logits: Tensor = self.classes(self.dropout(self.features(images)))
        return logits


def convolution(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, ...]:
    """3 x 3, with batch norm and ReLU."""
    return (
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),  # the norm has one
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
