"""Makes PyTorch's threads spin briefly while they wait for each other, and then sleep.

PyTorch splits each operation over OpenMP threads. A thread that has finished its part waits for
the others. GNU's OpenMP, which PyTorch uses on Linux, lets it spin for about ten milliseconds.
That is fast on an idle machine. But when another program uses one of the cores, the spinning
threads hold the cores that the working threads need, and training becomes several times slower.

Threads that sleep immediately leave the cores to other programs. But waking a thread takes longer
than many of the operations that it waits for. A spin of about 50 microseconds is long enough for
these operations and too short to slow other programs down. ``python -m benchmarks threads``
compares the three ways on an idle and on a busy machine. OpenMP reads the setting once, when it is
loaded. The results of a training do not depend on it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

SPINS = "GOMP_SPINCOUNT"
"""How often a waiting thread of GNU's OpenMP checks again before it sleeps."""
CHOSEN = "1000"
"""About 50 microseconds. GNU's OpenMP uses the same number if there are more threads than cores."""
OF_THE_USER = (SPINS, "OMP_WAIT_POLICY")
"""Variables of the environment that ganzoo respects if the user has set them."""


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set how threads wait, unless the user has set it or PyTorch is already loaded."""
    if "torch" not in sys.modules and not any(name in environment for name in OF_THE_USER):
        environment[SPINS] = CHOSEN


def waiting(environment: MutableMapping[str, str] = os.environ) -> str:
    """The setting of this process, such as ``GOMP_SPINCOUNT=1000``, or "" for OpenMP's default."""
    return " ".join(f"{name}={environment[name]}" for name in OF_THE_USER if name in environment)
