"""The held-out inputs of a run, and the targets that the data has for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from ganzoo.engine.view import View
from ganzoo.errors import BrokenFile
from ganzoo.files import shown
from ganzoo.pictures.samples import Samples
from ganzoo.registry.field import Field
from ganzoo.runs.folder import Run
from ganzoo.runs.look import samples_of
from ganzoo.runs.tensors import read_tensors, write_tensors


def write_inputs(
    run: Run, held_out: Mapping[str, Tensor], view: View, fields: Mapping[str, Field]
) -> None:
    """Store held-out samples by field, as the dataset has them.

    Args:
        run: The run.
        held_out: The rows of all fields that a view needs, and of targets.
        view: The first view.
        fields: Those of the data.
    """
    plain = {"needs": list(view.needs), "target": view.target(fields) or ""}
    write_tensors(run.inputs, held_out, plain)


@dataclass(frozen=True, eq=False)
class Inputs:
    """The held-out samples of a run by field."""

    run: Run

    @cached_property
    def _stored(self) -> tuple[dict[str, Samples], list[str], str]:
        """Raises: BrokenFile."""
        stored, plain = read_tensors(self.run.inputs)
        fields, name = self.run.record.fields, shown(self.run.inputs)
        try:
            rows = {k: samples_of(v, fields[k], None) for k, v in stored.items()}
            needs, target = (
                [str(need) for need in plain.get("needs", ())],
                str(plain.get("target", "")),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise BrokenFile(f"{name} has other inputs than the model's ({error})") from error
        return rows, needs, target

    def with_fields(self, needed: Sequence[str]) -> dict[str, Tensor]:
        """All rows of all fields, or nothing if no field is needed.

        Raises:
            BrokenFile: The file is missing, damaged, or does not have one that is needed.
        """
        if not needed:
            return {}
        rows, _, _ = self._stored
        if missing := [name for name in needed if name not in rows]:
            raise BrokenFile(f"{shown(self.run.inputs)} has no {missing[0]}")
        return {name: samples.tensor for name, samples in rows.items()}

    def around(
        self, samples: Samples, needs: Sequence[str] | None = None, target: str | None = None
    ) -> Samples:
        """Samples with the inputs that they were made from, and the targets.

        Args:
            samples: Samples of a view, each from the input of the same number, or with columns
                from that of its row.
            needs: The fields that the view needs. ``None`` means the first view.
            target: The field with the right outputs.

        Raises:
            BrokenFile: The file is missing or damaged.
        """
        if not self.run.inputs.exists():
            return samples
        rows, own, own_target = self._stored
        if needs is None:
            needs, target = own, own_target
        inputs = {name: rows[name] for name in needs if name in rows}
        return with_inputs(samples, inputs, rows.get(target) if target else None)


def with_inputs(
    samples: Samples, inputs: Mapping[str, Samples], target: Samples | None = None
) -> Samples:
    """Samples with pictures of their inputs and of their target. The rows of both begin again at
    their end, as in `ganzoo.engine.sampling.given_rows`."""
    rows = [i // (samples.columns or 1) for i in range(len(samples))]

    def of(part: Samples) -> Samples:
        return replace(part, tensor=part.tensor[[row % len(part) for row in rows]])

    shown = tuple(of(part) for part in inputs.values() if part.field.is_image)
    after = (of(target),) if target is not None and target.field.is_image else ()
    return replace(samples, inputs=shown, targets=after)
