"""A dataset's pictures, for metrics that compare samples with them."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit


def in_memory(data: Data) -> Tensor:
    r"""All pictures, (N, C, H, W), as they are stored: mostly bytes.

    Raises:
        DoesNotFit: these are no pictures, or too many for memory.
    """
    _check_pictures(data)
    if data.arrays is None:
        raise DoesNotFit("it compares with every picture, and these are read one at a time")
    return torch.from_numpy(data.arrays[next(iter(data.fields))])


def some_of(data: Data, n: int) -> Tensor:
    """``n`` pictures from all over the data, or as many as there are, in the field's range.

    Raises:
        DoesNotFit: these are no pictures.
    """
    _check_pictures(data)
    return torch.from_numpy(data.some(n))


def _check_pictures(data: Data) -> None:
    if not data.first.is_image:
        raise DoesNotFit(f"it takes pictures; this data's samples have shape {data.first.shape}")
