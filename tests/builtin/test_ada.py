"""ADA's changes and its probability by hand, and a run with it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from conftest import Forks
from torch import Tensor

import ganzoo
from ganzoo.builtin.ada import ADA, Adaptive, warped
from ganzoo.engine.readback import NoReadBack
from ganzoo.testing import checks

MLP = (
    "train", "vanilla-mlp", "--dataset", "mnist-5k", "--batch-size", "8", "--set", "log_every=2",
    "--set", "model.generator=8", "--set", "model.discriminator=8", "--set", "samples=4",
    "--set", "threads=1", "--set", "checkpoint_every=2", "--augment", "ada",
    "--set", "augmentation.probability=0.5", "--set", "augmentation.pictures=1000",
    "--no-report", "-q",
)  # fmt: skip
HALF = torch.tensor(0.5)
PICTURE = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])


@pytest.mark.parametrize("check", checks("ada"), ids=str)
def test_it_conforms(check: ganzoo.testing.Check) -> None:
    check()


class Given(ganzoo.Draw):
    """Each change is made if it is named here, with these numbers."""

    ORDER = ("mirror", "quarters", "whole", "scale", "before", "stretch", "after", "move")

    def __init__(self, **numbers: object) -> None:
        super().__init__(0)
        assert not numbers.keys() - {*self.ORDER}
        self._calls: list[Tensor] = []
        for name in self.ORDER:
            happens = torch.tensor([0.1 if name in numbers else 0.9])
            given = torch.tensor(numbers.get(name, 0.0)).reshape(1, -1)
            value = given if name in ("whole", "move") else given[:, 0]
            value = value.expand(1, 2) if name in ("whole", "move") else value
            self._calls += [value, happens] if name in ("whole",) else [happens, value]
        last = self._calls[-2:]
        self._calls[-2:] = last[::-1]  # the last change draws its numbers first, too

    def normal(self, *shape: int) -> Tensor:
        value = self._calls.pop(0)
        assert value.shape == shape
        return value

    uniform = normal

    def integers(self, high: int, *shape: int) -> Tensor:
        return self.normal(*shape).long()


def changed(picture: Tensor = PICTURE, **numbers: object) -> list[list[float]]:
    found = warped(picture[None, None], Given(**numbers), HALF)[0, 0]
    return [[round(value, 3) for value in row] for row in found.tolist()]


def test_whole_pixels_by_hand() -> None:
    assert changed() == PICTURE.tolist()
    assert changed(mirror=0) == PICTURE.tolist()
    assert changed(mirror=1) == [[3, 2, 1], [6, 5, 4], [9, 8, 7]]
    turned = [PICTURE.tolist(), [[3, 6, 9], [2, 5, 8], [1, 4, 7]],
              [[9, 8, 7], [6, 5, 4], [3, 2, 1]], [[7, 4, 1], [8, 5, 2], [9, 6, 3]]]  # fmt: skip
    assert [changed(quarters=n) for n in range(4)] == turned
    wide = torch.arange(8.0).expand(2, 8)  # an eighth of 8 is one pixel to the right
    assert changed(wide, whole=[1.0, 0.5]) == [[1, 2, 3, 4, 5, 6, 7, 6]] * 2, "and a reflection"
    assert changed(wide, whole=[0.0, 0.5]) == [[1, 0, 1, 2, 3, 4, 5, 6]] * 2


def test_the_order_is_that_of_the_paper() -> None:
    """Mirrored first, and then turned."""
    assert changed(mirror=1, quarters=1) == [[1, 4, 7], [2, 5, 8], [3, 6, 9]]


def test_other_changes_by_hand() -> None:
    assert changed(before=0.25) == changed(after=0.25) == changed(quarters=1), "a quarter of a turn"
    assert changed(before=0.5, after=0.5) == PICTURE.tolist()
    line = torch.tensor([[0.0, 4, 8, 12, 16]])
    assert changed(line, scale=5.0) == [[8, 0, 8, 16, 8]], "points lie twice as far apart"
    assert changed(line, scale=-5.0) == [[4, 6, 8, 10, 12]], "and half as far apart"
    assert changed(line, stretch=-5.0) == [[4, 6, 8, 10, 12]]
    assert changed(line.T, stretch=5.0) == [[4], [6], [8], [10], [12]]
    assert changed(line, move=[0.8, 0.0]) == [[2, 6, 10, 14, 14]], "0.8 * 5 / 8 is half a pixel"


def test_each_picture_and_each_channel() -> None:
    draw, pictures = ganzoo.Draw(3), torch.rand(400, 2, 5, 4)
    pictures[:, 1] = pictures[:, 0] + 1
    for p, low, high in ((0.0, 400, 400), (0.2, 20, 200), (1.0, 0, 4)):
        made = warped(pictures, draw, torch.tensor(p))
        assert torch.allclose(made[:, 0] + 1, made[:, 1], atol=1e-5)
        same = int((made == pictures).flatten(1).all(1).sum())
        assert low <= same <= high, "with 0.2, at least 0.8 ** 6 * 0.8 are not changed"


class OnlyMirror(ganzoo.Draw):
    """No other change is made."""

    calls = 0

    def uniform(self, *shape: int) -> Tensor:
        self.calls += 1
        return super().uniform(*shape) if self.calls == 1 else torch.ones(shape)


def test_the_share_of_changes() -> None:
    line = torch.arange(4.0).expand(4000, 1, 1, 4)
    made = warped(line, OnlyMirror(0), HALF)
    share = (made[:, 0, 0, 0] == 3).float().mean()
    assert abs(share - 0.5 * 0.5) < 0.03, "half of the chosen ones are mirrored"


def module(**settings: float) -> Adaptive:
    built = ADA(**settings).build()  # type: ignore[arg-type]
    assert isinstance(built, Adaptive)
    return built


def test_the_probability_by_hand() -> None:
    ada, fake = module(probability=0.5, pictures=160), torch.zeros(2, 1)
    expected = [0.5, 0.5, 0.5, 0.55, 0.55, 0.55, 0.55, 0.5]  # 4 moves of 2 pictures, of 160
    outputs = [1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, 1.0]  # means 1 and 0.5
    found = []
    for output in outputs:
        ada.heard(torch.tensor([[output], [3 * output]]), fake)
        found.append(round(ada.p.item(), 6))
    assert found == expected
    assert (ada.signs.item(), ada.moves.item()) == (0, 0)


def test_the_probability_stays_in_its_bounds() -> None:
    for output, end in ((1.0, 1), (-1.0, 0), (0.0, 0)):
        ada = module(probability=0.5, pictures=10)
        for _ in range(8):
            ada.heard(torch.full((4,), output), torch.zeros(4))
        assert ada.p.item() == end


def test_it_reads_nothing_back() -> None:
    ada = module(probability=0.5)
    with NoReadBack(), torch.no_grad():
        ada(torch.rand(4, 1, 8, 8), ganzoo.Draw(0))
        ada.heard(torch.ones(4), torch.zeros(4))


def test_a_run_adapts_and_resumes_exactly(forked: Forks) -> None:
    forked(*MLP, "--steps", "6", "--out", "part").ok()  # within the second group of four moves
    game = ganzoo.train(resume="part", settings={"steps": 7}, progress=False, report=False)
    game.finish()
    module = game.trainer.game.augmentation
    assert module.moves.item() == 3
    assert abs(module.p.item() - 0.5) == pytest.approx(4 * 8 / 1000, rel=1e-5)
    forked("train", "--resume", "part", "--steps", "12", "--no-report", "-q").ok()
    forked(*MLP, "--steps", "12", "--out", "whole").ok()
    whole = Path("whole", "metrics.csv").read_text()
    assert Path("part", "metrics.csv").read_text() == whole
    forked(*MLP, "--steps", "12", "--set", "augmentation.target=1", "--out", "other").ok()
    assert Path("other", "metrics.csv").read_text() != whole
