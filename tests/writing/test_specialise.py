"""Functions whose known values are computed, on small examples."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.writing.definitions import Definitions
from ganzoo.writing.specialise import Specialiser
from ganzoo.writing.tidy import tidied
from ganzoo.writing.values import CannotBeWritten, Code, Named, Value, name
from ganzoo.writing.variables import DRAW


@dataclass(frozen=True)
class Settings:
    """What is known."""

    weight: float = 2.0
    noise: bool = False


class Small(nn.Module):
    """A game with a network and settings."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.net = nn.Linear(2, 2)
        self.settings = Settings(**settings)

    def plain(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.net(x)
        return outputs

    def branches(self, x: Tensor) -> Tensor:
        if self.settings.noise:
            x = x + torch.randn_like(x)
        outputs: Tensor = self.net(x)
        return outputs * self.settings.weight

    def calls(self, x: Tensor, draw: ganzoo.Draw) -> Tensor:
        fake = self.made(len(x), draw)
        return (self.scored(fake) - x).mean()

    def made(self, n: int, draw: ganzoo.Draw) -> Tensor:
        """Comes from elsewhere."""
        z = draw.normal(n, 2)  # (n, 2)
        samples: Tensor = self.net(z)
        return samples

    def scored(self, outputs: Tensor) -> Tensor:
        return outputs

    def adds(self, x: Tensor) -> Tensor:
        loss, terms = x.mean(), {"a": (1.0, x.sum()), "b": (0.5, x.prod())}
        for weight, value in terms.values():
            loss = loss + weight * value
        return loss

    def pairs(self, x: Tensor) -> Tensor:
        loss = x.mean()
        for weight, value in zip((0.5, 2.0), (x.sum(), x.prod()), strict=True):
            loss = loss + weight * value
        return loss

    def given(self, batch: Mapping[str, Tensor]) -> Tensor:
        both = {**batch, "label": batch["label"] + 1}
        return both["image"] * both["label"]

    def repeats(self, x: Tensor) -> Tensor:
        for _ in range(3):
            x = self.net(x)
        return x

    def passes_on(self, x: Tensor) -> Any:
        return doubled(lambda y: self.net(y), x)

    def decides(self, x: Tensor) -> Tensor:
        if x.mean() > 0:
            return x
        return -x

    def changes(self, x: Tensor) -> Tensor:
        self.last = x
        return x


def doubled(function: Any, x: Tensor) -> Any:
    """Twice what a function gives."""
    return 2 * function(x)


def written(method: str, *arguments: Value, **settings: Any) -> str:
    game = Small(**settings)
    specialiser = Specialiser(game, Definitions({"test_specialise", "ganzoo"}), {})
    given = arguments or (Code(name("x")),)
    statements, result = specialiser.write(getattr(game, method), given)
    lines = tidied([*statements, ast.Return(specialiser.code(result))])
    return "\n".join(ast.unparse(ast.fix_missing_locations(line)) for line in lines)


def test_a_network_is_a_name() -> None:
    assert written("plain") == "return net(x)"


def test_a_setting_chooses_the_branch() -> None:
    assert written("branches") == "outputs = net(x)\nreturn outputs * 2.0"
    noisy = "x = x + torch.randn_like(x)\noutputs = net(x)\nreturn outputs * 3.0"
    assert written("branches", noise=True, weight=3.0) == noisy


def test_methods_are_written_in_place() -> None:
    lines = written("calls", Code(name("x")), Code(name("draw"), DRAW))
    assert lines == (
        "z = torch.randn(len(x), 2, generator=draw, device=DEVICE)\n"
        "fake = net(z)\n"
        "return (fake - x).mean()"
    )


def test_a_loop_over_terms_becomes_a_sum() -> None:
    assert written("adds") == (
        "loss = x.mean()\na = x.sum()\nb = x.prod()\nreturn loss + a + 0.5 * b"
    )


def test_pairs_become_a_sum() -> None:
    assert written("pairs") == (
        "loss = x.mean()\nvalue = x.sum()\nloss = loss + 0.5 * value\nvalue = x.prod()\n"
        "return loss + 2.0 * value"
    )


def test_a_dictionary_becomes_its_values() -> None:
    batch = Named({"image": Code(name("image")), "label": Code(name("label"))})
    assert written("given", batch) == "label_2 = label + 1\nreturn image * label_2"


def test_a_count_stays_a_loop() -> None:
    assert written("repeats") == "for _ in range(3):\n    x = net(x)\nreturn x"


def test_a_function_that_is_only_a_network_is_the_network() -> None:
    assert written("passes_on") == "return doubled(net, x)"


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("decides", "Small.decides branches on a tensor: if x.mean() > 0"),
        ("changes", "Small.changes changes self.last"),
    ],
)
def test_what_plain_code_cannot_say(method: str, why: str) -> None:
    with pytest.raises(CannotBeWritten) as error:
        written(method)
    assert str(error.value) == why
