"""The hook specifications: what a plugin can give the zoo.

A plugin is a module with functions that carry ``@ganzoo.hookimpl`` and one of the names below. A
package makes its module known by an entry point in the group ``ganzoo``::

    [project.entry-points.ganzoo]
    my-losses = "ganzoo_my_losses"

The module must import without torch; a record refers to code by ``"package.module:name"``. A hook
takes no arguments and returns, or yields, records.
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
    """Architectures, each with the game it plays.

    ::

        @ganzoo.hookimpl
        def ganzoo_models():
            yield ganzoo.Model(
                name="tiny",
                summary="One hidden layer each, for trying things out.",
                factory="ganzoo_tiny.model:Tiny",
                dataset="ring",
                defaults={"trainer.steps": 2000},
            )

    and in ``ganzoo_tiny/model.py``::

        @dataclass(frozen=True)
        class Tiny:
            width: int = 32
            \"\"\"Units in the hidden layer.\"\"\"

            def build(self, data, loss):
                size = math.prod(next(iter(data.values())).shape)
                generator = nn.Sequential(
                    nn.Linear(2, self.width), nn.ReLU(), nn.Linear(self.width, size)
                )
                discriminator = nn.Sequential(
                    nn.Linear(size, self.width), nn.ReLU(), nn.Linear(self.width, 1)
                )
                return ganzoo.TwoPlayer(generator, discriminator, loss, latent=2)

    ``data`` maps each name in a batch to its `Field`; ``loss`` is an `Objective`.
    """
    raise NotImplementedError


@hookspec
def ganzoo_losses() -> Iterable[Loss]:
    """Objectives of discriminator and generator.

    ::

        @ganzoo.hookimpl
        def ganzoo_losses():
            yield ganzoo.Loss(
                name="least-squares",
                summary="Squared distance to the label instead of its logarithm.",
                factory="ganzoo_lsgan.loss:LeastSquares",
            )

    and in ``ganzoo_lsgan/loss.py``::

        @dataclass(frozen=True)
        class LeastSquares:
            def discriminator(self, real, fake):
                return ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2

            def generator(self, fake):
                return ((fake - 1) ** 2).mean() / 2
    """
    raise NotImplementedError


@hookspec
def ganzoo_datasets() -> Iterable[Dataset]:
    """What to learn from.

    ::

        @ganzoo.hookimpl
        def ganzoo_datasets():
            yield ganzoo.Dataset(
                name="line",
                summary="Points on the diagonal.",
                factory="ganzoo_line.data:Line",
            )

    and in ``ganzoo_line/data.py``::

        @dataclass(frozen=True)
        class Line:
            size: int = 10_000
            \"\"\"How many points.\"\"\"

            def load(self):
                x = np.linspace(-1, 1, self.size, dtype=np.float32)
                return ganzoo.Data(
                    fields={"point": ganzoo.Field((2,))},
                    arrays={"point": np.stack((x, x), axis=1)},
                )
    """
    raise NotImplementedError


@hookspec
def ganzoo_penalties() -> Iterable[Penalty]:
    """Terms added to the discriminator's objective, whatever the loss.

    ::

        @ganzoo.hookimpl
        def ganzoo_penalties():
            yield ganzoo.Penalty(
                name="drift",
                summary="Keeps the critic's scores of real samples near zero.",
                factory="ganzoo_drift:Drift",
            )

    and in ``ganzoo_drift.py``::

        @dataclass(frozen=True)
        class Drift:
            weight: float = 0.001
            \"\"\"Factor of the term.\"\"\"

            def __call__(self, critic, real, fake, draw):
                return self.weight * critic(real).square().mean()
    """
    raise NotImplementedError


@hookspec
def ganzoo_observers() -> Iterable[Observer]:
    """Listeners to a training run, chosen with ``--observer NAME``.

    ::

        @ganzoo.hookimpl
        def ganzoo_observers():
            yield ganzoo.Observer(
                name="bell",
                summary="Rings at the end.",
                factory="ganzoo_bell.observer:Bell",
            )

    and in ``ganzoo_bell/observer.py``::

        @dataclass(frozen=True)
        class Bell:
            def __call__(self, event):
                if isinstance(event, ganzoo.Ended):
                    sys.stderr.write("\\a")

    An observer hears `Started`, each `Step` and `Ended`. One that raises is told of nothing more;
    the run goes on.
    """
    raise NotImplementedError
