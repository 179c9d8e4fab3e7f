"""The hook ``ganzoo_penalties``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Penalty


@hookspec
def ganzoo_penalties() -> Iterable[Penalty]:
    '''Adds penalties, terms in the discriminator's objective that work with any loss.

    ``critic`` maps samples to the discriminator's raw outputs, or to the loss's scores if the loss
    compares vectors. ``real`` and ``fake`` are samples, and random numbers come from ``draw``. Set
    ``per_sample = True`` if the penalty uses the gradient at each sample. Networks that mix the
    samples of a batch then reject it.

    Two more methods are optional. ``prepare(discriminator)`` is called once for a new game. It may
    change the network, such as by a normalisation of its weights. A penalty that keeps numbers
    between moves has ``build()``, which returns a ``torch.nn.Module`` whose ``forward`` takes the
    same arguments and replaces ``__call__``. Its buffers are in checkpoints. ::

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
        """Some losses use only differences of scores, so all scores can drift away together. This
        penalty keeps them near zero.

        >>> penalty, x = Drift(weight=0.5), tensor([[1.0], [-2.0]])
        >>> isclose(penalty(lambda x: 3 * x, x, None, None), 0.5 * mean([3.0**2, 6.0**2]))
        True

        Source: Karras et al. 2018, appendix A.1, https://arxiv.org/abs/1710.10196
        """

        from dataclasses import dataclass


        @dataclass(frozen=True)
        class Drift:
            """The mean squared score of real samples."""

            weight: float = 0.001
            """Factor of the term."""

            def __call__(self, critic, real, fake, draw):
                return self.weight * critic(real).square().mean()
    '''
    raise NotImplementedError
