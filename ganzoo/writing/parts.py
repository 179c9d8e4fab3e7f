"""What the file is made of: each part of a run as code."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.data import Data
from ganzoo.engine.game import Move, View
from ganzoo.engine.trainer import Trainer
from ganzoo.engine.two_player import Objective, checked_terms
from ganzoo.registry.field import Field
from ganzoo.writing.definitions import Definitions
from ganzoo.writing.layout import function, text
from ganzoo.writing.networks import Watched
from ganzoo.writing.sources import home
from ganzoo.writing.specialise import Specialiser
from ganzoo.writing.tidy import tidied
from ganzoo.writing.values import CannotBeWritten, Code, Known, Named, Value, name
from ganzoo.writing.variables import DRAW


@dataclass(frozen=True)
class MoveCode:
    """A move as code."""

    move: Move
    body: str
    """The function of its loss."""
    fields: tuple[str, ...]
    """The fields of the batch that it takes."""
    after: tuple[str, ...]
    """Statements after the update."""

    @property
    def name(self) -> str:
        """The move's name."""
        return self.move.name


@dataclass
class Parts:
    """A run that is built, and what was seen while it was.

    Args:
        about: The docstring of the model's module.
        loss: The user's loss, penalties and so on, as the plugins made them.
    """

    config: TrainerConfig
    trainer: Trainer
    data: Data
    dataset: Any
    loss: Any
    penalties: Mapping[str, Any]
    seen: Watched
    about: str
    command: str
    beside: str
    """Name of the file for the data, if it is needed."""
    needs_file: bool = False
    """Whether the data must be in a file next to the script."""

    def __post_init__(self) -> None:
        self.game = self.trainer.game
        things = [self.game, self.loss, self.dataset, *self.penalties.values()]
        self.definitions = Definitions({"ganzoo", *(home(type(each)) for each in things)})
        self._specialiser = Specialiser(self.game, self.definitions, self._instead())
        self._for_networks: set[str] = set()
        _check(self.config, self.game, self.data)

    @property
    def steps(self) -> int:
        """Length of the run."""
        return self.trainer.total

    @property
    def view(self) -> View:
        """The view that the file shows."""
        return self.trainer.view

    @cached_property
    def moves(self) -> list[Move]:
        """The moves of a round."""
        return [player.move for player in self.trainer.rounds.players]

    def _instead(self) -> dict[Any, Any]:
        """What the user's objective does, without its checks and without what it only logs."""
        loss = self.loss

        def of_loss(method: str) -> Any:
            def called(specialiser: Specialiser, _: Value, *given: Value, **more: Value) -> Value:
                wanted = len(inspect.signature(getattr(loss, method)).parameters)
                args = [*given, *more.values()][:wanted]
                return specialiser.call(Known(getattr(loss, method)), args, {})

            return called

        def constrain(specialiser: Specialiser, _: Value, discriminator: Value) -> Value:
            if not hasattr(loss, "constrain"):
                return Known(None)
            return specialiser.call(Known(loss.constrain), [discriminator], {})

        def penalties(specialiser: Specialiser, _: Value, *given: Value) -> Value:
            several = len(self.penalties) > 1
            return Named(
                {
                    key if several else "penalty": specialiser.settled(
                        specialiser.call(Known(penalty), given, {}), "penalty"
                    )
                    for key, penalty in self.penalties.items()
                }
            )

        def scores(_: Specialiser, __: Value, outputs: Value, *___: Value) -> Value:
            if getattr(loss, "outputs", 1) != 1:
                raise CannotBeWritten("a penalty needs one score of the loss's several outputs")
            return outputs

        return {
            Objective.discriminator: of_loss("discriminator"),
            Objective.generator: of_loss("generator"),
            Objective.constrain: constrain,
            Objective.penalties: penalties,
            Objective.verdicts: lambda *_: Named({}),
            Objective.hear: lambda *_: Known(None),
            Objective.scores: scores,
            Objective.augmented: lambda _, __, ___, samples, ____: samples,
            checked_terms: lambda _, terms, __: terms,
        }

    # ------------------------------------------------------------------ functions

    def _batch(self) -> Named:
        return Named({key: Code(name(key)) for key in self.data.fields})

    def move(self, move: Move) -> MoveCode:
        """A move as code."""
        if move.optimizer is not None or move.schedule is not None:
            raise CannotBeWritten(f"the move {move.name} has an optimizer or a schedule of its own")
        draw = Code(name("draw"), DRAW)
        statements, result = self._specialiser.write(move.loss, [self._batch(), draw])
        pair = getattr(result, "values", None)
        if not isinstance(pair, tuple) or not isinstance(pair[0], Code):
            raise CannotBeWritten(f"the move {move.name} does not return a loss and what it logs")
        statements = tidied([*statements, ast.Return(pair[0].node)])
        used = {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}
        fields = tuple(key for key in self.data.fields if key in used)
        about = inspect.getdoc(getattr(move.loss, "__func__", move.loss)) or ""
        body = function(f"{move.name}_loss", [*fields, "draw"], about, statements)
        return MoveCode(move, body, fields, self._after(move))

    def _after(self, move: Move) -> tuple[str, ...]:
        if move.after is None:
            return ()
        statements, _ = self._specialiser.write(move.after, [Named({})])
        if not statements:
            return ()
        lines = text(statements).splitlines()
        return ("with torch.no_grad():", *(f"    {line}" for line in lines))

    def samples(self) -> str:
        """The function of the default view."""
        view = self.view
        if view.needs:
            raise CannotBeWritten(
                f"its view {view.name} needs {' and '.join(view.needs)} to begin with"
            )
        given: dict[Any, Value] = {} if view.label is None else {"label": Code(name("label"))}
        n, draw = Code(name("n")), Code(name("draw"), DRAW)
        statements, result = self._specialiser.write(view.show, [n, draw, Named(given)])
        statements = tidied([*statements, ast.Return(self._specialiser.code(result))])
        if self.config.ema:
            for node in (n for s in statements for n in ast.walk(s)):
                if isinstance(node, ast.Name) and node.id in view.uses:
                    node.id = f"averaged_{node.id}"
        arguments = ["n", "draw", *given]
        about = "Samples from the average of the weights." if self.config.ema else "Samples."
        return function("samples", arguments, about, statements)

    def load(self) -> str:
        """The function that loads the data."""
        made = None if self.needs_file else self._made_here()
        if made is not None:
            return made
        self.needs_file = True
        self.definitions.imports |= {"import numpy as np", "from pathlib import Path"}
        lines = ast.parse(f"found = np.load(Path(__file__).with_name({self.beside!r}))").body
        fields = "".join(f"torch.from_numpy(found[{key!r}])," for key in self.data.fields)
        about = f"The data, which is in {self.beside}."
        return function("load", [], about, [*lines, *ast.parse(f"return {fields}").body])

    @property
    def computes_data(self) -> bool:
        """Whether the file computes its data, with the dataset's own code."""
        return not self.needs_file and not hasattr(self.dataset, "plain")

    def _made_here(self) -> str | None:
        """The function that downloads or computes the data, or ``None`` if there is none."""
        method = getattr(self.dataset, "plain", self.dataset.load)
        before = self.definitions.copied()
        try:
            statements, result = self._specialiser.write(method, [], whole=True)
            arrays = result.values.get("arrays", result) if isinstance(result, Named) else None
            if not isinstance(arrays, Named) or arrays.values.keys() != self.data.fields.keys():
                raise CannotBeWritten("it returns other fields")
            values = [self._specialiser.code(arrays.values[key]) for key in self.data.fields]
        except CannotBeWritten:
            self.definitions.put_back(before)
            return None
        if method.__name__ == "load":  # it makes arrays
            values = [
                ast.Call(ast.parse("torch.from_numpy", mode="eval").body, [v], []) for v in values
            ]
        statements = tidied([*statements, ast.Return(ast.Tuple(values, ast.Load()))])
        return function("load", [], inspect.getdoc(method) or "", statements)

    def networks_written(self) -> None:
        """Remember that the definitions so far are the networks'."""
        self._for_networks = set(self.definitions.written)

    def defined(self, networks: bool) -> list[str]:
        """The definitions that the networks need, or the others, which the moves need."""
        return [
            text([node], self.definitions.comments.get(id(node)))
            for key, node in self.definitions.written.items()
            if networks == (isinstance(node, ast.ClassDef) or key in self._for_networks)
        ]

    # ------------------------------------------------------------------ the rest

    def apart(self, domain: str) -> int:
        """Number of samples of a domain that training never uses."""
        held_out = self.trainer.feed.held_out()
        return next(len(held_out[k]) for k, f in self.data.fields.items() if f.domain == domain)

    def averaged(self) -> tuple[str, ...]:
        """Networks whose average samples."""
        for key in self.view.uses:
            for each in self.game.get_submodule(key).modules():
                floats = [b for b in each.buffers(recurse=False) if b.is_floating_point()]
                if floats and not isinstance(each, _NormBase):
                    raise CannotBeWritten(
                        "the moving average does not blend all that its networks keep"
                    )
        return self.view.uses

    def labels(self) -> str:
        """The labels of a grid: each class in turn."""
        assert self.view.label is not None
        if self.view.label.classes is None:
            raise CannotBeWritten("its view has labels that are not classes")
        return f"torch.arange(n, device=DEVICE) % {self.view.label.classes}"

    @property
    def made(self) -> Field:
        """The field that the view makes."""
        return self.data.fields[self.view.field(self.data.fields)]

    def shown(self) -> str:
        """Statements that save ``found`` at ``path``."""
        if self.made.is_image:
            low, high = self.made.range or (0, 1)
            columns = self.view.label.classes if self.view.label else 8
            values = f"normalize=True, value_range=({low}, {high})"
            return f"save_image(found, path, nrow={columns}, {values})"
        if self.made.is_point:
            self.definitions.imports.add("from matplotlib import pyplot")
            lines = ("scatter(*found.T, 1)", 'axis("equal")', "savefig(path)", "close()")
            return "\n".join(f"pyplot.{line}" for line in lines)
        return "torch.save(found, path)"


def _check(config: TrainerConfig, game: nn.Module, data: Data) -> None:
    """Check the settings of the trainer for which the file has no code.

    Raises:
        CannotBeWritten: There is one.
    """
    for key, plain in (("dynamics", "alternating"), ("accumulate", 1), ("precision", "float32")):
        if (value := getattr(config, key)) != plain:
            raise CannotBeWritten(f"the file has no code for trainer.{key}={value}")
    if data.arrays is None:
        raise CannotBeWritten("its dataset reads samples one by one from files")
    own = [key for key, _ in game.named_parameters(recurse=False)]
    own += [key for key, _ in game.named_buffers(recurse=False)]
    if own:
        raise CannotBeWritten(f"the game keeps tensors of its own: {', '.join(own)}")
