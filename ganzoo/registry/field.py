"""What a name in a batch means: shape, type, range and classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """What a name in a batch means.

    A GAN learns to generate the first field of a dataset.
    """

    shape: tuple[int, ...]
    """Shape of one sample, ``(C, H, W)`` for an image and ``()`` for a label."""
    dtype: str = "float32"
    """Type of the tensor in a batch, with torch's name."""
    range: tuple[float, float] | None = None
    """Bounds of the values. ``None`` means unbounded. Bytes (uint8) are scaled to this range."""
    classes: int | None = None
    """Number of classes, for a label."""

    @property
    def is_image(self) -> bool:
        """Whether a sample is a picture, ``(C, H, W)`` with bounded values."""
        return len(self.shape) == 3 and self.range is not None

    @property
    def is_point(self) -> bool:
        """Whether a sample is a point in the plane."""
        return self.shape == (2,)

    @property
    def described(self) -> str:
        """The samples in words, such as ``colour pictures of 50 x 50 pixels``."""
        if self.is_image:
            channels, height, width = self.shape
            kind = {1: "grey pictures", 3: "colour pictures"}.get(channels)
            return f"{kind or f'pictures of {channels} channels'} of {height} x {width} pixels"
        if self.is_point:
            return "points in the plane"
        if len(self.shape) == 1:
            return f"points of {self.shape[0]} numbers"
        if not self.shape:
            return "single numbers"
        return f"samples of shape {self.shape}"

    @property
    def enough(self) -> int:
        """Number of samples in a grid: 64, or 2,500 points."""
        return 2_500 if self.is_point else 64

    @property
    def few(self) -> int:
        """Number of samples in a frame of an animation: 400 points, or a square of at most 5 x 5
        pictures that is about 384 pixels wide at most."""
        if self.is_point:
            return 400
        side = min(5, 384 // max(self.shape[1:])) if self.is_image else 5
        return max(2, side) ** 2
