"""The hook ``ganzoo_models``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Model


@hookspec
def ganzoo_models() -> Iterable[Model]:
    '''Adds models, each an architecture with the game it plays.

    ``data`` maps each name in a batch to its `Field`, and the model learns to generate the first.
    ``loss`` is an `Objective`, which combines the chosen loss and penalty. `TwoPlayer` is the game
    of most GANs. Subclass it, or `Game`, if you need other moves.

    Samples are drawn in evaluation mode, in which `nn.Dropout` does nothing. If dropout is a
    model's noise, write ``functional.dropout(x, training=True)``. ::

        # ganzoo_tiny/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_models():
            yield ganzoo.Model(
                name="tiny",
                summary="Networks with one hidden layer, for quick experiments.",
                factory="ganzoo_tiny.model:Tiny",
                dataset="ring",
                defaults={"trainer.steps": 2000},
            )

    ::

        # ganzoo_tiny/model.py
        """Two perceptrons with one hidden layer, small enough to read at a glance."""

        import math
        from dataclasses import dataclass

        import ganzoo
        from torch import nn


        @dataclass(frozen=True)
        class Tiny:
            """Two perceptrons for points and pictures."""

            width: int = 32
            """Units in the hidden layer."""

            def build(self, data, loss):
                target = next(iter(data.values()))
                size, width = math.prod(target.shape), self.width
                layers = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, size))
                bounds = nn.Tanh() if target.range else nn.Identity()  # pictures are in [-1, 1]
                generator = nn.Sequential(layers, bounds, nn.Unflatten(1, target.shape))
                layers = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, 1))
                discriminator = nn.Sequential(nn.Flatten(), layers)
                return ganzoo.TwoPlayer(generator, discriminator, loss, latent=2)
    '''
    raise NotImplementedError
