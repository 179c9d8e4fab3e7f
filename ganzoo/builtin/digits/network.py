"""The classifier that judges digits: a small convolutional network.

Its last hidden layer turns a picture into 64 *features*, which decide the digit. Pictures that look
alike have similar features. Their pixels can differ, because shifting a digit by two pixels changes
almost all of them. The output layer gives the digit.

ganzoo includes the weights. ``python -m benchmarks.digit_features`` trained them on MNIST's 60,000
training digits. The header of their file states the seed and the accuracy on the 10,000 test
digits.
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
    """The trained network, in evaluation mode on the CPU."""
    with torch.device("meta"):  # draws no initial weights, so torch's random state is unchanged
        network = Network()
    network.load_state_dict(load_file(weights), assign=True)
    network.requires_grad_(False).eval()
    return network.to(memory_format=torch.channels_last)  # twice as fast on a CPU


@torch.inference_mode()
def seen(network: Network, images: Tensor) -> tuple[Tensor, Tensor]:
    """The features (N, 64) and logits (N, 10) of images (N, 1, 28, 28)."""
    features = torch.cat([network.features(batch) for batch in torch.split(images, 250)])
    return features, network.classes(features)


class Network(nn.Module):
    """Five convolutions, a layer of features and an output layer."""

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
        """Turns images (N, 1, 28, 28) in [-1, 1] into logits (N, 10)."""
        logits: Tensor = self.classes(self.dropout(self.features(images)))
        return logits


def convolution(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, ...]:
    """A 3 x 3 convolution with batch norm and ReLU."""
    return (
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),  # batch norm has a bias
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
