"""Sides of pictures that are halved several times."""

from __future__ import annotations

from collections.abc import Sequence


def halved(shape: Sequence[int], times: int) -> tuple[int, int, int]:
    """The shape (C, H, W) of a picture -> C, and H and W after ``times`` halvings.

    Raises:
        ValueError: ``shape`` is not that of a picture, or its sides cannot be halved that often.
    """
    if len(shape) != 3:
        raise ValueError(f"expected the shape of a picture, (C, H, W): {tuple(shape)}")
    channels, height, width = shape
    part = 2**times
    if height % part or width % part:
        raise ValueError(
            f"sides of {height} and {width} cannot be halved {times} times; "
            f"expected multiples of {part}"
        )
    return channels, height // part, width // part


def checked(widths: Sequence[int]) -> Sequence[int]:
    """``widths``.

    Raises:
        ValueError: There are none.
    """
    if not widths:
        raise ValueError("expected the channels of at least one hidden map")
    return widths
