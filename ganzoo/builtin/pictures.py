"""A dataset's pictures, for metrics that compare samples with them."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field


def in_memory(data: Data) -> Tensor:
    r"""All pictures, (N, C, H, W), as they are stored: mostly bytes.

    Raises:
        DoesNotFit: these are no pictures, or too many for memory.
    """
    check_picture(data.first)
    if data.arrays is None:
        raise DoesNotFit("it compares with every picture, and these are read one at a time")
    return torch.from_numpy(data.arrays[next(iter(data.fields))])


def some_of(data: Data, n: int) -> Tensor:
    """``n`` pictures from all over the data, or as many as there are, in the field's range.

    Raises:
        DoesNotFit: these are no pictures.
    """
    check_picture(data.first)
    return torch.from_numpy(data.some(n))


def check_picture(field: Field) -> None:
    """Refuse samples that are not pictures.

    Raises:
        DoesNotFit: they are not.
    """
    if not field.is_image:
        raise DoesNotFit(f"it takes pictures; this data's samples have shape {field.shape}")
