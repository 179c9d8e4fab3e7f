"""The hook ``ganzoo_models``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Model


@hookspec
def ganzoo_models() -> Iterable[Model]:
    '''Architectures, each with the game it plays.

    ``data`` maps each name in a batch to its `Field`; the first is what is to be learnt. ``loss``
    is an `Objective`: the chosen loss and penalty as one thing. A `TwoPlayer` is the game that most
    GANs are; whoever needs other moves subclasses it, or `Game`. ::

        # ganzoo_tiny/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_models():
            yield ganzoo.Model(
                name="tiny",
                summary="One hidden layer each, for trying things out.",
                factory="ganzoo_tiny.model:Tiny",
                dataset="ring",
                defaults={"trainer.steps": 2000},
            )

    ::

        # ganzoo_tiny/model.py
        """Two perceptrons of one hidden layer, small enough to be read at a glance."""

        import math
        from dataclasses import dataclass

        import ganzoo
        from torch import nn


        @dataclass(frozen=True)
        class Tiny:
            """Two perceptrons that fit points and pictures."""

            width: int = 32
            """Units in the hidden layer."""

            def build(self, data, loss):
                target = next(iter(data.values()))
                size, width = math.prod(target.shape), self.width
                forger = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, size))
                bounds = nn.Tanh() if target.range else nn.Identity()  # pictures are in [-1, 1]
                generator = nn.Sequential(forger, bounds, nn.Unflatten(1, target.shape))
                judge = nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, 1))
                discriminator = nn.Sequential(nn.Flatten(), judge)
                return ganzoo.TwoPlayer(generator, discriminator, loss, latent=2)
    '''
    raise NotImplementedError
