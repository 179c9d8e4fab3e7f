"""How PyTorch's threads wait for each other: a short spin, then sleep.

PyTorch splits each operation over OpenMP threads. A thread that has finished its part waits for
the others. GNU's OpenMP, which PyTorch brings on Linux, lets it spin for about ten milliseconds.
That is fast on an idle machine. But when another program uses one of the cores, the spinning
threads hold the cores that the working threads need, and training becomes several times slower.

Threads that sleep at once are kind to other programs, but waking one takes longer than many of the
operations that it would wait for. A spin of about 50 microseconds is long enough for those and too
short to harm anyone. ``python -m benchmarks threads`` compares the three on an idle and on a busy
machine. OpenMP reads the setting once, when it is loaded. The results of a training do not depend
on it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

SPINS = "GOMP_SPINCOUNT"
"""How often a waiting thread of GNU's OpenMP looks again before it sleeps."""
CHOSEN = "1000"
"""About 50 microseconds. GNU's OpenMP uses the same number where threads outnumber the cores."""
OF_THE_USER = (SPINS, "OMP_WAIT_POLICY")
"""Either of them in the environment is a decision that stands."""


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set how threads wait, unless the user has or PyTorch is loaded already."""
    if "torch" not in sys.modules and not any(name in environment for name in OF_THE_USER):
        environment[SPINS] = CHOSEN


def waiting(environment: MutableMapping[str, str] = os.environ) -> str:
    """What holds in this process, such as ``GOMP_SPINCOUNT=1000``; empty for OpenMP's default."""
    return " ".join(f"{name}={environment[name]}" for name in OF_THE_USER if name in environment)
