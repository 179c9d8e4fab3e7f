"""Finds where a round reads values back from the device.

``if loss < 1``, ``float(x)``, ``x.item()`` and ``x[mask]`` make Python wait for the device and then
decide. A CUDA graph repeats the device's work without Python, so a round with such a line cannot be
captured. This check needs no GPU. It intercepts each operation of PyTorch while a round is played.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganzoo.errors import GanzooError

READS = "reads a tensor's value, as `if`, `float()` and `.item()` do"
SIZED = "has a result whose size depends on values"
MASKED = "indexes with a mask; `torch.where` needs no such size"
MOVED = "copies between the processor's memory and the GPU's"
REFUSED = {
    "_local_scalar_dense": READS,
    "equal": READS,
    "is_nonzero": READS,
    "bincount": SIZED,
    "masked_select": SIZED,
    "nonzero": SIZED,
    "_unique2": SIZED,
    "unique_consecutive": SIZED,
    "unique_dim": SIZED,
}
"""Operation -> why a CUDA graph cannot contain it."""
OURS = (str(Path(torch.__file__).parent), str(Path(__file__).parent))
"""Folders whose lines are not an author's."""


class ReadsBack(GanzooError):
    """A round reads values back. The message names the line."""


class NoReadBack(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Inside ``with``, an operation that a CUDA graph cannot contain raises `ReadsBack`."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func.overloadpacket.__name__
        why = REFUSED.get(name) or _masks(name, args)
        if why is None:
            result = func(*args, **kwargs)
            why = _moves(name, args, result)
            if why is None:
                return result
        raise ReadsBack(f"{blamed(traceback.extract_stack())} {why}")


def blamed(frames: Iterable[traceback.FrameSummary]) -> str:
    """The innermost line that is neither PyTorch's nor the engine's, such as ``pool.py, line 30,``.

    If there is none, as in a backward pass, it says so.
    """
    authors = [f for f in frames if not f.filename.startswith((*OURS, "<"))]
    if not authors:
        return "an operation of PyTorch"
    return f"{Path(authors[-1].filename).name}, line {authors[-1].lineno},"


def _masks(name: str, args: tuple[Any, ...]) -> str | None:
    """Whether it is an index by truth values, other than ``x[mask] = number``."""
    if name not in ("index", "index_put", "index_put_", "_index_put_impl_"):
        return None
    if name != "index" and args[2].numel() == 1:
        return None
    masks = [i for i in args[1] if i is not None and i.dtype in (torch.bool, torch.uint8)]
    return MASKED if masks else None


def _moves(name: str, args: tuple[Any, ...], result: Any) -> str | None:
    """Whether it is a copy between devices, or of numbers in Python to a GPU."""
    if not isinstance(result, Tensor):
        return None
    if name == "lift_fresh":  # torch.tensor(...) and its like
        return None if result.device.type == "cpu" else MOVED
    if name not in ("_to_copy", "copy_"):
        return None
    source = args[1] if name == "copy_" else args[0]
    return MOVED if source.device != result.device else None
