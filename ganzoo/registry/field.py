"""What a name in a batch means: shape, type, range, classes and their names, domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of_class
from reprlib import repr as short
from typing import Any

from ganzoo.errors import GanzooError


@dataclass(frozen=True, repr=False)
class Field:
    """What a name in a batch means.

    A GAN learns to generate the first field of a dataset.

    Raises:
        GanzooError: The names do not belong to the classes or attributes.
    """

    shape: tuple[int, ...]
    """Shape of one sample, ``(C, H, W)`` for an image and ``()`` for a label."""
    dtype: str = "float32"
    """Type of the tensor in a batch, with torch's name."""
    range: tuple[float, float] | None = None
    """Bounds of the values. ``None`` means unbounded. Bytes (uint8) are scaled to this range, but
    not labels that have names."""
    classes: int | None = None
    """Number of classes, for a label."""
    names: tuple[str, ...] = ()
    """Names of the classes 0, 1, ... of a label, such as ``("cat", "dog")``. If the shape is
    ``(K,)``, they name the K attributes. Empty if there are no names."""
    domain: str = ""
    """Fields of one domain belong together, row by row. Each domain has its own number of samples
    and its own order, such as photographs and paintings that form no pairs. The name is needed only
    if there are several."""
    partners: bool = False
    """Whether held-out samples form pairs with those of other domains that say the same, row by
    row. Training samples form none. A translation of a held-out sample then has a target."""

    def __post_init__(self) -> None:
        if self.domain != "" and not is_line(self.domain):
            raise GanzooError(f"Field: domain is {short(self.domain)}; expected one line of text")
        if self.names != ():
            self._check_names()

    def _check_names(self) -> None:
        names: Any = self.names  # a plugin may give anything
        if not isinstance(names, tuple) or not all(map(_is_name, names)):
            raise GanzooError(
                f"Field: names is {short(names)}; expected a tuple of names, each one line of text"
            )
        if (number := self.choices) is None:
            raise GanzooError(
                f"Field: names needs classes, or a shape (K,) of attributes; this field has the "
                f"shape {self.shape} and no classes"
            )
        if len(names) != number:
            of = "attributes" if len(self.shape) == 1 else "classes"
            raise GanzooError(f"Field: names has {len(names)} names for {number} {of}")
        if twice := next((name for i, name in enumerate(names) if name in names[:i]), ""):
            raise GanzooError(f"Field: names has {twice!r} twice")

    def __repr__(self) -> str:
        told = [each for each in fields_of_class(self) if getattr(self, each.name) != each.default]
        return f"Field({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in told)})"

    def pairs_with(self, other: Field) -> bool:
        """Whether its held-out samples form pairs with those of the other field, row by row."""
        return self.domain == other.domain or (self.partners and other.partners)

    @property
    def scales_bytes(self) -> bool:
        """Whether stored bytes, 0 to 255, stand for values in `range`."""
        return self.range is not None and not self.names

    @property
    def choices(self) -> int | None:
        """Number of classes, or of attributes if the shape is ``(K,)``. ``None`` if unknown."""
        return self.shape[0] if len(self.shape) == 1 else self.classes

    def called(self, choice: int) -> str:
        """What people call a class or an attribute: its name, or its number without a name."""
        return self.names[choice] if self.names else str(choice)

    @property
    def is_image(self) -> bool:
        """Whether a sample is a picture, ``(C, H, W)`` with bounded values."""
        return len(self.shape) == 3 and self.range is not None

    @property
    def is_point(self) -> bool:
        """Whether a sample is a point in the plane."""
        return self.shape == (2,) and not self.names

    @property
    def drawable(self) -> bool:
        """Whether samples have a picture."""
        return self.is_image or self.is_point

    @property
    def described(self) -> str:
        """The samples in words, such as ``colour pictures of 50 x 50 pixels``."""
        if self.is_image:
            channels, height, width = self.shape
            kind = {1: "grey pictures", 3: "colour pictures"}.get(channels)
            return f"{kind or f'pictures of {channels} channels'} of {height} x {width} pixels"
        if self.is_point:
            return "points in the plane"
        if self.names and len(self.shape) == 1:
            return f"labels of {self.shape[0]:,} attributes"
        if len(self.shape) == 1:
            return f"points of {self.shape[0]} numbers"
        if not self.shape:
            return f"labels of {self.classes:,} classes" if self.classes else "single numbers"
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


def _is_name(value: Any) -> bool:
    """Whether it is one line that a file can hold. A folder's name may have half a character."""
    return is_line(value) and value.encode(errors="ignore").decode() == value


def is_line(value: object) -> bool:
    """Whether a value is one line of text that is not blank."""
    return isinstance(value, str) and bool(value.strip()) and len(value.splitlines()) == 1


def domains(fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """The domains of fields, and the names of the fields in each."""
    found: dict[str, tuple[str, ...]] = {}
    for name, field in fields.items():
        found[field.domain] = (*found.get(field.domain, ()), name)
    return found
