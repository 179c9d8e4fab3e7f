"""Two domains of points, unpaired: a ring of eight Gaussians, and the ring turned and moved.

No point of one belongs to a point of the other, so each domain is drawn in an order of its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import ganzoo


@dataclass(frozen=True)
class TwoRings:
    """ "a" is the ring, "b" the other."""

    size: int = 1_000
    """Points of "b", the larger domain."""
    held_out: int = 64
    """Points of each domain that are kept for translating."""
    turn: float = 22.5
    """Angle between the two, in degrees."""
    move: float = 0.5
    """Distance between their middles, along both axes."""
    seed: int = 0
    """Fixes the points."""

    def fields(self) -> dict[str, ganzoo.Field]:
        return {"a": ganzoo.Field((2,), domain="a"), "b": ganzoo.Field((2,), domain="b")}

    def load(self) -> ganzoo.Data:
        rng = np.random.default_rng(self.seed)
        fewer = self.size * 3 // 4
        a = _ring(rng, fewer + self.held_out, turn=0.0)
        b = _ring(rng, self.size + self.held_out, self.turn) + np.float32(self.move)
        return ganzoo.Data(
            self.fields(),
            arrays={"a": a[:fewer], "b": b[: self.size]},
            held_out={"a": a[fewer:], "b": b[self.size :]},
        )


def _ring(rng: np.random.Generator, n: int, turn: float) -> NDArray[np.float32]:
    """(n, 2)."""
    angle = np.deg2rad(turn) + rng.integers(8, size=n) * np.pi / 4
    centres = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (centres + 0.01 * rng.standard_normal((n, 2))).astype(np.float32)
