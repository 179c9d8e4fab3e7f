"""The hook specifications: what a plugin can give the zoo.

A plugin is a module with functions that carry ``@ganzoo.hookimpl`` and one of the names below. A
package makes its module known by an entry point in the group ``ganzoo``::

    [project.entry-points.ganzoo]
    my-losses = "ganzoo_my_losses"

The module must import without torch; a record refers to code by ``"package.module:name"``. A hook
takes no arguments and returns, or yields, records.

Each example is whole: its blocks are the files whose paths they begin with. ``docs/hooks.py`` makes
a page of each hook, and the tests run it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from ganzoo.records import Dataset, Loss, Model, Observer, Penalty, Record

hookspec = pluggy.HookspecMarker("ganzoo")
hookimpl = pluggy.HookimplMarker("ganzoo")

HOOKS: dict[str, type[Record]] = {
    "ganzoo_models": Model,
    "ganzoo_losses": Loss,
    "ganzoo_datasets": Dataset,
    "ganzoo_penalties": Penalty,
    "ganzoo_observers": Observer,
}
"""Hook -> the records it gives."""


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


@hookspec
def ganzoo_losses() -> Iterable[Loss]:
    '''Objectives of discriminator and generator.

    ``real`` and ``fake`` are the discriminator's raw outputs on real and generated samples, of any
    shape; each method returns what is to be minimised, a scalar. The generator's may take both,
    ``generator(fake, real)``. A loss may also have a true ``probability``, where the sigmoid of an
    output is the probability of being real, and ``constrain(discriminator)``, called after each of
    its moves. The formula in its lesson is a doctest, and `ganzoo plugins check` runs it. ::

        # ganzoo_squared/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_losses():
            yield ganzoo.Loss(
                name="squared",
                summary="Squared distance to the label instead of its logarithm.",
                factory="ganzoo_squared.loss:Squared",
            )

    ::

        # ganzoo_squared/loss.py
        """The discriminator should say 1 of what is real and 0 of the rest; the square of what is
        missing counts.

        >>> real, fake = [2.0, -1.0], [0.5, -3.0]
        >>> formula = mean((d - 1) ** 2 for d in real) / 2 + mean(d**2 for d in fake) / 2
        >>> isclose(Squared().discriminator(tensor(real), tensor(fake)), formula)
        True
        >>> isclose(Squared().generator(tensor(fake)), mean((d - 1) ** 2 for d in fake) / 2)
        True

        Source: Mao et al. 2017, equation 9, https://arxiv.org/abs/1611.04076
        """

        from dataclasses import dataclass


        @dataclass(frozen=True)
        class Squared:
            """Least squares, with labels 1 and 0."""

            def discriminator(self, real, fake):
                return (real - 1).square().mean() / 2 + fake.square().mean() / 2

            def generator(self, fake):
                return (fake - 1).square().mean() / 2
    '''
    raise NotImplementedError


@hookspec
def ganzoo_datasets() -> Iterable[Dataset]:
    '''What to learn from.

    ``load`` returns `Data`: what each name in a batch stands for, and the samples, as arrays or, if
    they do not fit into memory, from a `Source`. Pictures are bytes, (N, C, H, W) uint8, and their
    field has ``range=(-1, 1)``, to which they are scaled. ::

        # ganzoo_line/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_datasets():
            yield ganzoo.Dataset(
                name="line",
                summary="Points on the diagonal.",
                factory="ganzoo_line.data:Line",
            )

    ::

        # ganzoo_line/data.py
        """Points of the plane whose two coordinates are the same, from -1 to 1."""

        from dataclasses import dataclass

        import ganzoo
        import numpy as np


        @dataclass(frozen=True)
        class Line:
            """Evenly spaced points: "point", (2,)."""

            size: int = 10_000
            """How many points."""

            def load(self):
                x = np.linspace(-1, 1, self.size, dtype=np.float32)
                return ganzoo.Data(
                    fields={"point": ganzoo.Field((2,))},
                    arrays={"point": np.stack((x, x), axis=1)},
                )
    '''
    raise NotImplementedError


@hookspec
def ganzoo_penalties() -> Iterable[Penalty]:
    '''Terms added to the discriminator's objective, whatever the loss.

    ``critic`` gives the discriminator's raw outputs on samples, ``real`` and ``fake`` are samples,
    and what is random comes from ``draw``. A penalty that takes the gradient at each sample says
    ``per_sample = True``: networks that mix the samples of a batch then refuse it. ::

        # ganzoo_drift/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_penalties():
            yield ganzoo.Penalty(
                name="drift",
                summary="Keeps the critic's scores of real samples near zero.",
                factory="ganzoo_drift.penalty:Drift",
            )

    ::

        # ganzoo_drift/penalty.py
        """Some losses see only differences of scores, so that all may drift away together; this
        ties them down.

        >>> penalty, x = Drift(weight=0.5), tensor([[1.0], [-2.0]])
        >>> isclose(penalty(lambda x: 3 * x, x, None, None), 0.5 * mean([3.0**2, 6.0**2]))
        True

        Source: Karras et al. 2018, appendix A.1, https://arxiv.org/abs/1710.10196
        """

        from dataclasses import dataclass


        @dataclass(frozen=True)
        class Drift:
            """The mean square of the scores of real samples."""

            weight: float = 0.001
            """Factor of the term."""

            def __call__(self, critic, real, fake, draw):
                return self.weight * critic(real).square().mean()
    '''
    raise NotImplementedError


@hookspec
def ganzoo_observers() -> Iterable[Observer]:
    r'''Listeners to a training run, chosen with ``--observer NAME``.

    ``watch`` is called with `Started` when training begins, and whenever it goes on; what it
    returns hears each `Step` and, at last, `Ended`. So the dataclass holds settings, and what
    ``watch`` returns holds the run's state. One that raises is told of nothing more; the run goes
    on. ::

        # ganzoo_bell/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_observers():
            yield ganzoo.Observer(
                name="bell",
                summary="Rings at the end of long runs.",
                factory="ganzoo_bell.observer:Bell",
            )

    ::

        # ganzoo_bell/observer.py
        """Rings the terminal's bell, so that one may look away from long runs."""

        import sys
        import time
        from dataclasses import dataclass

        import ganzoo


        @dataclass(frozen=True)
        class Bell:
            """At the end of a run that took long enough."""

            seconds: float = 60
            """Shorter runs end in silence."""

            def watch(self, started):
                begun = time.monotonic()

                def hear(event):
                    was_long = time.monotonic() - begun > self.seconds
                    if isinstance(event, ganzoo.Ended) and was_long:
                        sys.stderr.write("\a")

                return hear
    '''
    raise NotImplementedError
