"""The samples of one grid as numbers, and for points the discriminator's surface.

With these files, reports can show a run's past without its model, its dataset and their plugins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.engine.data import Modes
from ganzoo.engine.feed import finished
from ganzoo.errors import BrokenFile
from ganzoo.files import shown
from ganzoo.pictures.samples import Samples
from ganzoo.registry.records import Field
from ganzoo.runs.reading import Count, fitted
from ganzoo.runs.record import field_of
from ganzoo.runs.tensors import read_tensors, write_tensors


@dataclass(frozen=True, eq=False)
class Look:
    """Samples, and the discriminator's output around them."""

    samples: Samples
    surface: NDArray[np.float32] | None = None
    """The discriminator's raw output on a mesh of the square that plots show, (S, S). Row 0 is the
    lowest."""
    modes: Modes | None = None
    """The modes of real samples, if they are known."""


def squared(surface: Tensor) -> NDArray[np.float32] | None:
    """(S * S,) -> (S, S), or ``None`` for another number, which comes from packed samples."""
    side = math.isqrt(len(surface))
    return surface.reshape(side, side).numpy() if side > 1 and side**2 == len(surface) else None


def write_look(path: Path, look: Look) -> None:
    """Write a look, with pictures as bytes.

    Raises:
        GanzooError: The file cannot be written.
    """
    tensors = {name: torch.from_numpy(array) for name, array in look.samples.arrays().items()}
    plain: dict[str, Any] = {"field": asdict(look.samples.field)}
    if look.samples.columns is not None:
        plain["columns"] = look.samples.columns
    if look.surface is not None:
        tensors["surface"] = torch.from_numpy(look.surface)
    if look.modes is not None:
        tensors["centres"] = torch.as_tensor(look.modes.centres)
        plain["sigma"] = look.modes.sigma
    write_tensors(path, tensors, plain)


def read_look(path: Path, extent: float | None) -> Look:
    """Read a look. ``extent`` is the run's.

    Raises:
        BrokenFile: The file is missing, damaged or another kind of file.
    """
    tensors, plain = read_tensors(path)
    try:
        (name,) = set(tensors) - {"surface", "centres"}
        field, columns = field_of(plain["field"]), columns_of(plain)
        samples = samples_of(tensors[name], field, extent, columns)
        surface = surface_of(tensors["surface"]) if "surface" in tensors else None
        centres = tensors.get("centres")
        modes = None if centres is None else _modes(centres, plain["sigma"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenFile(f"{shown(path)} has no samples ({error})") from error
    return Look(samples, surface, modes)


def columns_of(plain: Mapping[str, Any]) -> int | None:
    """The columns of stored samples.

    Raises:
        ValueError: It is not such a number.
    """
    columns: int | None = fitted(plain.get("columns"), Count | None)
    if columns == 0:
        raise ValueError("it has 0 columns")
    return columns


def samples_of(
    stored: Tensor, field: Field, extent: float | None, columns: int | None = None
) -> Samples:
    """Stored samples (n, \\*shape) of a field.

    Raises:
        ValueError: They have another shape.
    """
    if tuple(stored.shape[1:]) != field.shape or not len(stored):
        raise ValueError(f"its samples have the shape {tuple(stored.shape)}")
    return Samples(finished(stored, field), field, extent, columns)


def surface_of(stored: Tensor) -> NDArray[np.float32]:
    """A stored surface (S, S).

    Raises:
        ValueError: It has another shape.
    """
    if stored.ndim != 2 or len(set(stored.shape)) > 1 or not stored.is_floating_point():
        raise ValueError(f"its surface has the shape {tuple(stored.shape)}")
    surface: NDArray[np.float32] = stored.float().numpy()
    return surface


def _modes(centres: Tensor, sigma: float) -> Modes:
    if centres.ndim != 2 or not centres.is_floating_point() or not 0 <= float(sigma) < math.inf:
        raise ValueError("its modes are none")
    return Modes(centres.numpy(), float(sigma))
