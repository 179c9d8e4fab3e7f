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
    of most GANs. Subclass it, or `Game`, if you need other moves. Pass ``loss.outputs`` to the
    discriminator's last layer, so that the model also fits losses that compare vectors.

    A game also has views, which show what it can do. By default there is one, ``samples``. A model
    that takes labels or inputs says so in `Game.views`, as the second model below does. It makes
    every fake sample in `TwoPlayer.sample`, in training as in its view, from what is ``given``.

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
            yield ganzoo.Model(
                name="tiny-cgan",
                summary="The same networks with labels, so that you can request a class.",
                factory="ganzoo_tiny.conditional:TinyCGAN",
                dataset="mnist-5k",
                needs=("label",),
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
                head = nn.Linear(width, loss.outputs)  # 1 for most losses
                layers = nn.Sequential(nn.Linear(size, width), nn.ReLU(), head)
                discriminator = nn.Sequential(nn.Flatten(), layers)
                return ganzoo.TwoPlayer(generator, discriminator, loss, latent=2)

    ::

        # ganzoo_tiny/conditional.py
        """Both perceptrons get the label next to their input, as in Mirza and Osindero 2014."""

        import math
        from dataclasses import dataclass

        import ganzoo
        import torch
        from ganzoo.nn import label_weights
        from torch import nn


        @dataclass(frozen=True)
        class TinyCGAN:
            """Two perceptrons for pictures with classes."""

            width: int = 128
            """Units in the hidden layer."""

            def build(self, data, loss):
                target, label = next(iter(data.values())), data["label"]
                if label.classes is None:
                    raise ganzoo.DoesNotFit("tiny-cgan needs a class for each sample")
                size, width = math.prod(target.shape), self.width
                bounds = nn.Tanh() if target.range else nn.Identity()
                layers = nn.Linear(16 + label.classes, width), nn.ReLU(), nn.Linear(width, size)
                generator = nn.Sequential(*layers, bounds, nn.Unflatten(1, target.shape))
                layers = nn.Linear(size + label.classes, width), nn.ReLU(), nn.Linear(width, 1)
                return Conditional(generator, nn.Sequential(*layers), loss, label)


        class Conditional(ganzoo.TwoPlayer):
            """The game of two networks that also see the label."""

            def __init__(self, generator, discriminator, loss, label):
                super().__init__(generator, discriminator, loss, latent=16, joint=True)
                self.label = label

            def sample(self, n, draw, given):
                weights = label_weights(given["label"], self.label.classes)
                return self.generator(torch.cat((self.latents(n, draw), weights), 1))

            def critic(self, batch):
                weights = label_weights(batch["label"], self.label.classes)
                return lambda x: self.discriminator(torch.cat((x.flatten(1), weights), 1))

            def views(self):
                return (ganzoo.View("samples", self.sample, label=self.label, mixes_labels=True),)
    '''
    raise NotImplementedError
