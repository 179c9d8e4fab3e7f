"""The layers of a game, with the shape of their outputs and their number of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass
class Layer:
    """A module without children, or with parameters of its own."""

    name: str
    """Qualified name, such as ``generator.0``."""
    kind: str
    parameters: int
    shape: tuple[int, ...] | None = None
    """Shape of its output for one sample. ``None`` if it was not used."""


@contextmanager
def watched(game: nn.Module) -> Iterator[list[Layer]]:
    """The layers of ``game``. Inside ``with``, the first use of a layer sets its shape."""
    layers, handles = [], []
    for name, module in game.named_modules():
        own = sum(p.numel() for p in module.parameters(recurse=False))
        if own or not any(True for _ in module.children()):
            layer = Layer(name, type(module).__name__, own)
            layers.append(layer)

            def note(_: nn.Module, __: Any, output: Any, layer: Layer = layer) -> None:
                if isinstance(output, Tensor) and layer.shape is None:
                    layer.shape = tuple(output.shape[1:])

            handles.append(module.register_forward_hook(note))
    try:
        yield layers
    finally:
        for handle in handles:
            handle.remove()
