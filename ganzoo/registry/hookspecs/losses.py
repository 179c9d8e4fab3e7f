"""The hook ``ganzoo_losses``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Loss


@hookspec
def ganzoo_losses() -> Iterable[Loss]:
    '''Adds losses, the objectives of discriminator and generator.

    ``real`` and ``fake`` are the discriminator's raw outputs on real and generated samples, and may
    have any shape. Each method returns a scalar to minimise. The generator's method may take both,
    ``generator(fake, real)``. Two more members are optional. Set ``probability = True`` if the
    sigmoid of an output is the probability that a sample is real. Define
    ``constrain(discriminator)`` to change the discriminator after each of its moves.

    A loss that compares vectors has ``outputs``, the size of a vector, as an attribute or a
    setting. A model then builds a discriminator with so many outputs, or is refused. The methods of
    such a loss take rows, (N, outputs). It may also have ``score(outputs)``, which returns a number
    for each row, larger for real samples. Runs log and draw these numbers, and penalties see them.
    If a number depends on the other samples of the batch, write ``score(outputs, real, fake)``.

    Write the formula in the lesson as a doctest. `ganzoo plugins check` runs it. ::

        # ganzoo_squared/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_losses():
            yield ganzoo.Loss(
                name="squared",
                summary="Squared distance to the label in place of a logarithm.",
                factory="ganzoo_squared.loss:Squared",
            )

    ::

        # ganzoo_squared/loss.py
        """The discriminator learns 1 for real samples and 0 for fakes, with squared errors.

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
            """Least squares with the labels 1 and 0."""

            def discriminator(self, real, fake):
                return (real - 1).square().mean() / 2 + fake.square().mean() / 2

            def generator(self, fake):
                return (fake - 1).square().mean() / 2
    '''
    raise NotImplementedError
