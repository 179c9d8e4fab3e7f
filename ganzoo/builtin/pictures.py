"""A dataset's pictures, for metrics that compare samples with them."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field


def in_memory(data: Data) -> Tensor:
    """All pictures (N, C, H, W) as they are stored, usually as bytes.

    Raises:
        DoesNotFit: The data are not pictures, or do not fit into memory.
    """
    check_picture(data.first)
    if data.arrays is None:
        raise DoesNotFit("it needs all pictures in memory, and these are read one at a time")
    return torch.from_numpy(data.arrays[next(iter(data.fields))])


def some_of(data: Data, n: int) -> Tensor:
    """``n`` pictures spread evenly over the data, or all if there are fewer, in the field's range.

    Raises:
        DoesNotFit: The data are not pictures.
    """
    check_picture(data.first)
    return torch.from_numpy(data.some(n))


def check_picture(field: Field) -> None:
    """Refuse samples that are not pictures.

    Raises:
        DoesNotFit: The samples are not pictures.
    """
    if not field.is_image:
        raise DoesNotFit(f"it needs pictures, and these samples have the shape {field.shape}")
