"""The steps that a run's animation shows: many at the start, and fewer later."""

from __future__ import annotations

CUBIC = 600


def frame_steps(total: int) -> list[int]:
    """The whole parts of k³ / 600, for k = 0, 1, 2, ..., up to ``total``, and ``total`` itself.

    Samples change most at the start, so frames are dense there. There are 41 in the first 200
    steps, 98 in 2,000 and 295 in 46,800. All but the last do not depend on the run's length, so an
    extended run has the same frames as one that was long from the start.
    """
    steps, k = {total}, 0
    while (step := k**3 // CUBIC) < total:
        steps.add(step)
        k += 1
    return sorted(steps)
