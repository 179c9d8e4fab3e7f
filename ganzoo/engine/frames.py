"""The steps of a training that its animation shows: many at the start, fewer as it goes on."""

from __future__ import annotations

CUBIC = 600


def frame_steps(total: int) -> list[int]:
    """The whole parts of k³ / 600, for k = 0, 1, 2, ..., up to ``total``, and ``total`` itself.

    Samples change most at the start, so frames lie close together there: 41 in the first 200 steps,
    98 in 2,000, 295 in 46,800. All but the last are independent of the run's length, so a run that
    is made longer has the same frames as one that was long from the start.
    """
    steps, k = {total}, 0
    while (step := k**3 // CUBIC) < total:
        steps.add(step)
        k += 1
    return sorted(steps)
