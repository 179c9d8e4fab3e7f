"""What metrics say of samples of which one knows what should be said."""

from __future__ import annotations

import dataclasses
import math
import sys
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch
from conftest import Forks

import ganzoo
from ganzoo.builtin.diversity import Diversity
from ganzoo.builtin.inception import NAME, URL, Inception
from ganzoo.builtin.modes import Covered
from ganzoo.builtin.neighbours import Neighbours

N = 2_500


def toy(name: str, seed: int = 0) -> ganzoo.Data:
    return ganzoo.load_data(name, settings={"size": 20_000, "seed": seed})


def perfect(name: str) -> torch.Tensor:
    """Samples of the data's own distribution that are not in the data."""
    return torch.from_numpy(toy(name, seed=1).some(N))


# modes


@pytest.mark.parametrize(("name", "modes"), [("ring", 8), ("grid", 25)])
def test_a_perfect_sampler_covers_all(name: str, modes: int) -> None:
    scores = Covered().against(toy(name))(perfect(name))
    share = 1 - math.exp(-(3**2) / 2)
    error = math.sqrt(share * (1 - share) / N)
    assert scores["covered"] == modes
    assert scores["good"] == pytest.approx(share, abs=4 * error)
    expected = (modes - 1) / (2 * N)  # of a chi-squared variable over 2 N
    assert 0 < scores["reverse_kl"] < expected + 4 * math.sqrt(2 * (modes - 1)) / (2 * N)


def test_a_sampler_that_drops_modes_covers_the_others() -> None:
    data, points = toy("grid"), perfect("grid")
    upper = points[points[:, 1] > 1]  # two of five rows
    scores = Covered().against(data)(upper)
    assert scores["covered"] == 10
    assert scores["good"] == pytest.approx(0.989, abs=0.01)
    assert scores["reverse_kl"] == pytest.approx(math.log(25 / 10), abs=0.02)


def test_one_mode_and_none() -> None:
    data = toy("ring")
    assert data.modes is not None
    one = torch.from_numpy(data.modes.centres[2:3].repeat(7, axis=0))
    expected = {"covered": 1, "good": 1.0, "reverse_kl": pytest.approx(math.log(8))}
    assert Covered().against(data)(one) == expected
    none = {"covered": 0, "good": 0.0, "reverse_kl": pytest.approx(math.log(8))}
    assert Covered().against(data)(torch.zeros(7, 2)) == none


def test_noise_is_rarely_good() -> None:
    """By as much as the modes' discs are of the square."""
    noise = 5 * (2 * ganzoo.Draw(0).uniform(N, 2) - 1)
    share = 25 * math.pi * (3 * 0.05) ** 2 / 10**2
    good = Covered().against(toy("grid"))(noise)["good"]
    assert good == pytest.approx(share, abs=4 * math.sqrt(share / N))


def test_the_width_of_good_can_be_set() -> None:
    good = Covered(sigmas=1).against(toy("grid"))(perfect("grid"))["good"]
    assert good == pytest.approx(1 - math.exp(-1 / 2), abs=0.04)
    settings = {"metric.modes.sigmas": 0}
    with pytest.raises(ganzoo.UsageError, match=r"metric\.modes\.sigmas is 0; .*more than 0"):
        ganzoo.train("vanilla-mlp", dataset="grid", metrics=["modes"], settings=settings)


# What they compare with


def test_some_of_the_data_are_from_all_over_it() -> None:
    stored = torch.arange(250, dtype=torch.uint8).reshape(250, 1, 1, 1)
    data = data_of(stored)
    some = torch.from_numpy(data.some(5))
    assert torch.equal(some, in_range(stored[[0, 50, 100, 150, 200]]))
    assert data.some(1000).shape == (250, 1, 1, 1)
    points = toy("ring")
    assert points.arrays is not None
    assert np.array_equal(points.some(10**9), points.arrays["point"])


# neighbours and diversity


def pictures(n: int, seed: int, shape: tuple[int, ...] = (1, 5, 4)) -> torch.Tensor:
    """Bytes, in clusters: some are near each other and some are not."""
    draw = ganzoo.Draw(seed)
    values = 127 + 60 * draw.normal(12, *shape)[draw.integers(12, n)] + 20 * draw.normal(n, *shape)
    return values.clamp(0, 255).to(torch.uint8)


def in_range(stored: torch.Tensor) -> torch.Tensor:
    return stored.float() * (2 / 255) - 1


def data_of(stored: torch.Tensor) -> ganzoo.Data:
    field = ganzoo.Field(tuple(stored.shape[1:]), range=(-1.0, 1.0))
    return ganzoo.Data({"image": field}, {"image": stored.numpy()})


def apart(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """(N, M), one after the other, in double precision."""
    return torch.stack([(y.double() - row.double()).flatten(1).norm(dim=1) for row in x])


@pytest.mark.parametrize("chunk", [7, 1000])
def test_neighbours_are_those_of_brute_force(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganzoo.builtin.neighbours.ROWS", chunk)
    monkeypatch.setattr("ganzoo.builtin.neighbours.COLUMNS", chunk + 4)
    stored = pictures(60, seed=0)
    trained = in_range(stored)
    similar = trained[20:] + 0.05 * ganzoo.Draw(2).normal(40, 1, 5, 4)
    samples = torch.cat([in_range(pictures(40, seed=1)), similar, trained[:10]])
    near, index = apart(samples, trained).min(dim=1)
    among = apart(trained, trained)
    among.fill_diagonal_(math.inf)
    usual = fmean(float(apart(trained[i : i + 1], trained[j : j + 1]))
                  for i, j in combinations(range(60), 2))  # fmt: skip
    scores = Neighbours().against(data_of(stored))(samples)
    expected = (near > among.min(dim=1).values[index]).double().mean().item()
    assert 0.2 < expected < 0.6
    assert scores["authenticity"] == expected
    assert scores["distance"] == pytest.approx(near.mean().item() / usual, rel=1e-5)


def test_copies_are_found_and_noise_is_authentic() -> None:
    stored = pictures(50, seed=0)
    score = Neighbours().against(data_of(stored))
    assert score(in_range(stored)) == {"authenticity": 0.0, "distance": 0.0}
    assert score(2 * ganzoo.Draw(0).uniform(20, 1, 5, 4) - 1)["authenticity"] == 1


def test_twins_in_the_data_make_no_copy_authentic() -> None:
    stored = pictures(20, seed=0).repeat(2, 1, 1, 1)
    assert Neighbours().against(data_of(stored))(in_range(stored))["authenticity"] == 0


def test_diversity_by_hand() -> None:
    stored = torch.tensor([0, 255, 51], dtype=torch.uint8).reshape(3, 1, 1, 1)
    score = Diversity().against(data_of(stored))
    samples = torch.tensor([-1.0, 1.0, 0.0]).reshape(3, 1, 1, 1)
    assert score(samples)["ratio"] == pytest.approx(fmean([2, 1, 1]) / fmean([2, 1.6, 0.4]))
    assert score(samples[:1].repeat(5, 1, 1, 1))["ratio"] == 0


# What they refuse


@dataclasses.dataclass
class OneByOne:
    """Pictures that are read when they are asked for."""

    stored: torch.Tensor

    def __len__(self) -> int:
        return len(self.stored)

    def item(self, index: int, rng: np.random.Generator) -> Any:
        return {"image": self.stored[index].numpy()}


def test_pictures_read_one_at_a_time() -> None:
    whole = data_of(pictures(30, seed=0))
    data = ganzoo.Data(whole.fields, source=OneByOne(pictures(30, seed=0)))
    with pytest.raises(ganzoo.DoesNotFit, match="one at a time"):
        Neighbours().against(data)
    samples = in_range(pictures(9, seed=1))
    assert Diversity().against(data)(samples) == Diversity().against(whole)(samples)


@pytest.mark.parametrize("metric", [Neighbours(), Diversity(), Inception()], ids=str)
def test_points_are_no_pictures(metric: Any) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="pictures"):
        metric.against(toy("ring"))


def test_data_that_names_no_modes() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="does not state"):
        Covered().against(dataclasses.replace(toy("ring"), modes=None))


@pytest.mark.parametrize("metric", [Neighbours(), Diversity()], ids=str)
@pytest.mark.parametrize("n", [1, 3])
def test_pictures_that_do_not_differ(metric: Any, n: int) -> None:
    same = torch.zeros(n, 1, 2, 2, dtype=torch.uint8)
    with pytest.raises(ganzoo.DoesNotFit, match="all of these are the same"):
        metric.against(data_of(same))


# inception: what it says where it cannot be had


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where torch's cache has them."""
    pytest.importorskip("torch_fidelity")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    path = Path(torch.hub.get_dir(), "checkpoints", NAME)
    path.parent.mkdir(parents=True)
    return path


def refused(error: type[Exception], **settings: Any) -> str:
    with pytest.raises(error) as raised:
        Inception(**settings).against(data_of(pictures(30, seed=0, shape=(3, 8, 8))))
    return str(raised.value)


def test_offline_without_weights(weights: Path) -> None:
    told = refused(ganzoo.DataUnavailable)
    words = "GANZOO_OFFLINE", NAME, URL, str(weights), "--set metric.inception.weights=FILE"
    assert all(word in told for word in words), told


def test_without_network(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANZOO_OFFLINE")
    monkeypatch.setattr("ganzoo.builtin.inception.URL", f"http://localhost:9/{NAME}")
    assert "refused" in refused(ganzoo.DataUnavailable)
    assert not weights.exists()


def test_another_file_is_not_kept(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "login.html").write_text("<h1>Welcome</h1>")
    monkeypatch.delenv("GANZOO_OFFLINE")
    monkeypatch.setattr("ganzoo.builtin.inception.URL", (tmp_path / "login.html").as_uri())
    assert "sent another file" in refused(ganzoo.DataUnavailable)
    assert list(weights.parent.iterdir()) == []


def test_a_missing_file(weights: Path, tmp_path: Path) -> None:
    told = refused(ganzoo.DataUnavailable, weights=tmp_path / "my.pth")
    assert "my.pth" in told
    assert NAME in told


@pytest.mark.parametrize("content", ["cut short", "another network", "code"])
def test_a_wrong_file(weights: Path, content: str, tmp_path: Path) -> None:
    if content == "another network":
        torch.save({"fc.weight": torch.zeros(1000, 2048)}, weights)
    elif content == "code":
        torch.save({"fc.weight": Trap(tmp_path / "sprung")}, weights)
    else:
        torch.save({"fc.weight": torch.zeros(1008, 2048)}, weights)
        weights.write_bytes(weights.read_bytes()[:-1000])
    told = refused(ganzoo.BrokenFile)
    assert str(weights) in told
    assert "another network" in told or "cannot" in told or "can be read" in told
    assert not (tmp_path / "sprung").exists()


class Trap:
    """Runs code where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    assert "pip install -e '.[fid]'" in refused(ganzoo.NotInstalled)


def test_the_command_says_so(pictures_run: Path, forked: Forks, weights: Path) -> None:
    args = ("evaluate", str(pictures_run), "--metric", "inception")
    forked(*args).refused(1, NAME, "--set metric.inception.weights=FILE")


@pytest.fixture
def pictures_run(request: pytest.FixtureRequest) -> Path:
    run: Path = request.getfixturevalue("pictures")
    return run


# inception: what it computes, with weights that are random


def write_random_weights(path: Path) -> None:
    """Of the right shapes, and so scaled that what goes in comes through."""
    from torch_fidelity import feature_extractor_inceptionv3 as code

    network = code.FeatureExtractorInceptionV3
    with (
        mock.patch.object(network, "load_state_dict"),
        mock.patch.object(code.torch, "load"),
        torch.random.fork_rng(),
    ):
        state = network("any", ["2048"], feature_extractor_weights_path="any").state_dict()
    generator = torch.Generator().manual_seed(0)
    for value in state.values():
        if value.ndim > 1:
            value.normal_(0, math.sqrt(2 / value[0].numel()), generator=generator)
    torch.save(state, path)


@pytest.mark.slow  # a minute: a root of a matrix of 2,048 rows, four times
def test_inception_scores(weights: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from torch_fidelity import calculate_metrics

    from ganzoo.builtin.inception import Pictures

    write_random_weights(weights)
    stored = pictures(24, seed=0, shape=(1, 16, 16))
    score = Inception().against(data_of(stored))
    before = torch.get_rng_state(), torch.get_num_threads()
    capfd.readouterr()
    same = score(in_range(stored))
    noise = score(2 * ganzoo.Draw(0).uniform(20, 1, 16, 16) - 1)
    assert capfd.readouterr() == ("", "")
    assert torch.equal(before[0], torch.get_rng_state())
    assert torch.get_num_threads() == before[1]
    assert same["fid"] == pytest.approx(0, abs=1e-3 * noise["fid"])
    assert (same["precision"], same["recall"]) == (1, 1)
    assert noise["fid"] > 0 < noise["kid"]
    assert all(math.isfinite(value) for value in (same | noise).values())
    # without ganzoo in between, nothing kept
    grey = Pictures(stored.repeat(1, 3, 1, 1))
    made = ((2 * ganzoo.Draw(0).uniform(20, 1, 16, 16) - 1 + 1) * 127.5).round().to(torch.uint8)
    direct = calculate_metrics(
        input1=Pictures(made.repeat(1, 3, 1, 1)), input2=grey, fid=True, cuda=False, cache=False,
        feature_extractor_weights_path=str(weights), verbose=False, save_cpu_ram=True,
    )  # fmt: skip
    assert noise["fid"] == pytest.approx(direct["frechet_inception_distance"], rel=1e-6)
