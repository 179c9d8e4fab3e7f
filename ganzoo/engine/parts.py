"""The tensors of a game, which must be the same throughout a run."""

from __future__ import annotations

from ganzoo.engine.game import Game
from ganzoo.errors import GanzooError


class Parts:
    """The parameters and buffers that a game has when its training begins.

    Optimizers are made for these parameters, and checkpoints have these names. A parameter that is
    added later is never trained, and a run with other names cannot be resumed.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._parameters = {id(p): p for p in game.parameters()}  # kept, so that ids stay unique
        self._names = set(game.state_dict())

    def check(self) -> None:
        """Check that the game still has them and no others.

        Raises:
            GanzooError: It has not.
        """
        who = type(self._game).__name__
        advice = "Create all modules, parameters and buffers in build(), before training begins"
        for name, parameter in self._game.named_parameters():
            if parameter.requires_grad and id(parameter) not in self._parameters:
                raise GanzooError(
                    f"{who} has the parameter {name} since training began, so no move trains it. "
                    f"{advice}"
                )
        names = set(self._game.state_dict())
        if changed := sorted(names ^ self._names):
            what = "has" if changed[0] in names else "does not have"
            raise GanzooError(
                f"{who} {what} {changed[0]} since training began, so its checkpoints could not be "
                f"resumed from. {advice}"
            )
