"""A view is one thing that a trained game can show: samples, translations, reconstructions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ganzoo.engine.random import Draw
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.details import NAME
from ganzoo.registry.field import Field
from ganzoo.registry.labels import class_of

STEPS = 8
"""Columns that a grid has for a continuous label."""


@dataclass(frozen=True)
class View:
    """One thing that a trained game can show.

    Everything that shows samples works by view: grids, the preview, ``ganzoo sample --view NAME``,
    reports and metrics.

    Raises:
        GanzooError: A name is not of lower-case words, ``uses`` or ``needs`` is not a tuple of
            names, ``show`` is not a function, or ``label`` is a field without classes and range.
    """

    name: str
    """Lower-case words joined by hyphens, such as ``a-to-b``."""
    show: Callable[[int, Draw, Mapping[str, Tensor]], Tensor]
    """``show(n, draw, given)`` returns samples, (n, \\*shape of the field). It is called in
    evaluation mode, without gradients. ``given`` has n rows of each field in ``needs``, and
    ``given["label"]`` if there is a ``label``. ganzoo draws whole blocks and keeps as many samples
    as were requested, so the first samples of a seed do not depend on their number."""
    uses: tuple[str, ...] = ("generator",)
    """Names of the modules that it needs. They are averaged (EMA) and kept with each grid."""
    needs: tuple[str, ...] = ()
    """Held-out fields that go in, such as the pictures to translate."""
    makes: str | None = None
    """The field that comes out. ``None`` means the first of the data."""
    label: Field | None = None
    """What can be requested as ``given["label"]``. With ``classes``, it is (n,) int64. With a
    ``range`` and the shape (), it is a continuous code, (n,) float32. With the shape (K,), it has K
    attributes, each 0 or 1, (n, K) float32."""
    truncates: bool = False
    """Whether samples follow `Draw.truncation`, for ``ganzoo sample --truncation``."""
    mixes_labels: bool = False
    """Whether ``given["label"]`` may also be mixtures of classes, (n, classes) float32, for
    interpolation between classes."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise GanzooError(
                f"view {self.name!r} has a wrong name. Expected lower-case words joined by "
                "hyphens, such as 'a-to-b'"
            )
        for what in ("uses", "needs"):
            names = getattr(self, what)
            if isinstance(names, str) or not all(isinstance(name, str) for name in names):
                raise GanzooError(
                    f"{what} of view {self.name!r} is {names!r}; expected a tuple of names, such "
                    "as ('generator',)"
                )
        if not callable(self.show):
            raise GanzooError(f"view {self.name!r} has no function show")
        if self.label is not None:
            label_values(self.label)

    def field(self, names: Iterable[str]) -> str:
        """The name, among those of a batch, of the field that comes out.

        Raises:
            GanzooError: `makes` is not one of the names.
        """
        there = list(names)
        if self.makes is not None and self.makes not in there:
            raise GanzooError(
                f"view {self.name!r} makes {self.makes!r}, and the data has {', '.join(there)}"
            )
        return self.makes or there[0]

    def target(self, fields: Mapping[str, Field]) -> str | None:
        """The field with the right outputs for the inputs, if the data can have them.

        It is the field that comes out, if its held-out samples form pairs with the inputs
        (`Field.domain` and `Field.partners`). With a label, what should come out is unknown.
        """
        made = self.field(fields)
        paired = all(fields[name].pairs_with(fields[made]) for name in self.needs)
        return made if self.needs and paired and self.label is None else None


def label_values(label: Field) -> Tensor:
    """The labels of the columns of a grid: each class, `STEPS` values of a range, or each attribute
    alone.

    Raises:
        GanzooError: The field cannot be a label.
    """
    if label.classes is not None and label.shape == ():
        return torch.arange(label.classes)
    if label.range is not None and label.shape == ():
        return torch.linspace(*label.range, STEPS)
    if len(label.shape) == 1:
        return torch.eye(label.shape[0])
    raise GanzooError(
        f"a label has classes, a range or the shape (K,), and this field has the shape "
        f"{label.shape}"
    )


Label = int | str | float | Sequence[float]
"""A class by number or name, a value of a continuous code, or the values of all attributes."""


def labels_of(field: Field, given: Label | Sequence[Label]) -> Tensor:
    """A label, or several, as a tensor with a row for each.

    Raises:
        UsageError: The field does not have one of them.
    """
    plain: Any = given.tolist() if hasattr(given, "tolist") else given
    several = isinstance(plain, Sequence) and not isinstance(plain, str)
    if several and not plain:
        raise UsageError("no label is given")
    if several and field.shape:  # one label of attributes is a sequence itself
        several = isinstance(plain[0], Sequence)
    labels = plain if several else [plain]
    return torch.stack([label_of(field, label) for label in labels])


def label_of(field: Field, label: Label) -> Tensor:
    """A requested label as a tensor of the field's shape.

    Raises:
        UsageError: The field does not have this label.
    """
    if field.classes is not None:
        return torch.tensor(class_of(field, label))  # type: ignore[arg-type]
    try:
        value = torch.as_tensor(label, dtype=torch.float32)
    except (TypeError, ValueError):
        raise UsageError(f"label {label}: expected numbers") from None
    low, high = field.range or (0, 1)
    if value.shape != field.shape or not bool(((value >= low) & (value <= high)).all()):
        count = f"{field.shape[0]} numbers" if field.shape else "a number"
        raise UsageError(f"label {label}: expected {count} from {low:g} to {high:g}")
    return value
