"""Small random distortions, after which a digit is still the same digit.

A picture is turned, slanted, scaled and moved, each by a little and at random. A code or a cluster
that must be read from distorted pictures cannot mean a slant or a place, so it means a shape.

Source of the idea: Ojha et al., "Elastic-InfoGAN", 2019, https://arxiv.org/abs/1910.01112
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

import ganzoo

LARGEST = ((0.12, 0.35, 0.08), (0.1, 0.12, 0.08))
"""Largest change of each entry of the affine transformation. The entry 0.35 slants."""


def distorted(pictures: Tensor, strength: float, draw: ganzoo.Draw) -> Tensor:
    """Pictures (B, C, H, W) from -1 to 1, each distorted by itself. What comes from outside is -1.

    Args:
        pictures: The pictures.
        strength: Factor of the largest changes. 0 returns the pictures themselves.
        draw: The source of the random changes.
    """
    if not strength:
        return pictures
    largest = strength * torch.tensor(LARGEST, device=pictures.device)
    change = largest * (2 * draw.uniform(len(pictures), 2, 3) - 1)
    where = torch.eye(2, 3, device=pictures.device) + change
    grid = affine_grid(where, list(pictures.shape), align_corners=False)
    return grid_sample(pictures + 1, grid, align_corners=False) - 1
