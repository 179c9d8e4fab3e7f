"""Labels as numbers that a network can read.

A label is a class number for each sample, (B,), or weights of K classes, (B, K). One-hot weights
name a class. Weights between 0 and 1 mix classes, which an interpolation from class to class needs.
Several 0s and 1s are attributes.

A perceptron takes the weights next to its input: ``torch.cat((z, weights), 1)``. A convolution
looks at one place at a time, so it takes them as constant maps next to the picture (`append_maps`).
Latents can be given to a translator in the same way.

Source: Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014, section 3.2,
https://arxiv.org/abs/1411.1784. Maps: Perarnau et al., "Invertible Conditional GANs for image
editing", 2016, section 3.2.2, https://arxiv.org/abs/1611.06355
"""

from __future__ import annotations

import torch
from torch import Tensor


def label_weights(labels: Tensor, classes: int) -> Tensor:
    """Class numbers (B,) or weights (B, classes) -> weights (B, classes), float32.

    A class number becomes a one-hot row. A number outside 0 to ``classes - 1``, such as -1 for a
    sample without a label, becomes a row of zeros. Weights stay as they are.

    Raises:
        ValueError: ``labels`` has another shape.
    """
    if labels.ndim == 2 and labels.shape[1] == classes:
        return labels.float()
    if labels.ndim != 1:
        raise ValueError(f"expected labels (B,) or (B, {classes}), not {tuple(labels.shape)}")
    return (labels[:, None] == torch.arange(classes, device=labels.device)).float()


def append_maps(x: Tensor, values: Tensor) -> Tensor:
    """Pictures (B, C, H, W) and numbers (B, K) -> (B, C + K, H, W). Each number is a constant map.

    Source: as the module's. StarGAN passes attributes to its translator in this way.
    """
    maps = values.to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat((x, maps), 1)
