"""The hook ``ganzoo_penalties``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Penalty


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
