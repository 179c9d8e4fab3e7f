"""Every mistake in a request gets one clear message and the right status, and harms nothing.

Status 2 means that the request was wrong, 1 that something failed. The tables here are of what is
typed and of configuration files; the other files of this folder have tables of parts that do not
fit, data files, runs, plugins, networks and disks.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Forks, Ganzoo, snapshot

MLP = ("train", "vanilla-mlp")
RING = (*MLP, "--dataset", "ring")

REQUESTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no model": (("train",), ("no model is named", "ganzoo list models")),
    "model": (("train", "vanila-mlp"), ("unknown model 'vanila-mlp'", "vanilla-mlp")),
    "loss": ((*MLP, "--loss", "bcee"), ("unknown loss 'bcee'", "did you mean bce?")),
    "dataset": ((*MLP, "--dataset", "rong"), ("unknown dataset 'rong'", "ring")),
    "penalty": ((*MLP, "--penalty", "nosuch"), ("unknown penalty 'nosuch'",)),
    "observer": ((*MLP, "--observer", "bell"), ("unknown observer 'bell'",)),
    "metric": ((*MLP, "--metric", "modez"), ("unknown metric 'modez'", "did you mean modes?")),
    "kind": (("list", "modles"), ("modles", "models", "losses", "datasets")),
    "command": (("trian",), ("trian",)),
    "option": ((*MLP, "--epoch", "3"), ("--epoch", "--epochs")),
    "name": (("info", "vanila-mlp"), ("unknown name 'vanila-mlp'", "vanilla-mlp")),
    "plugin": (("plugins", "show", "nosuch"), ("no plugin 'nosuch'", "builtin")),
    "plugin file": (("--plugin", "nosuch.py", "list"), ("nosuch.py", "does not exist")),
    "key": ((*MLP, "--set", "latnt=3"), ("unknown setting 'latnt'", "did you mean", "latent")),
    "ambiguous key": (
        (*RING, "--set", "seed=3"),
        ("'seed' is ambiguous; write dataset.seed or trainer.seed",),
    ),
    "text for a number": (
        (*MLP, "--set", "latent=many"),
        ("--set", "model.latent is 'many'", "expected int", "Dimensions of the noise"),
    ),
    "fraction for a whole number": ((*MLP, "--set", "latent=2.5"), ("model.latent is '2.5'",)),
    "truth for a number": ((*MLP, "--set", "latent=true"), ("model.latent is 'true'", "int")),
    "nothing for a number": ((*MLP, "--set", "lr="), ("trainer.lr is ''", "expected float")),
    "one number for two": ((*MLP, "--set", "betas=0.9"), ("trainer.betas is '0.9'", "tuple")),
    "NaN": ((*MLP, "--set", "lr=nan"), ("trainer.lr is 'nan'", "float")),
    "infinity": ((*MLP, "--set", "lr=inf"), ("trainer.lr is 'inf'", "float")),
    "overflow": ((*MLP, "--set", "lr=1e999"), ("trainer.lr is '1e999'", "float")),
    "beyond 64 bits": ((*MLP, "--set", f"latent={10**20}"), (f"model.latent is {10**20}", "2**63")),
    "none of several words": (
        (*MLP, "--set", "schedule=cosine"),
        ("trainer.schedule is 'cosine'", "constant | linear"),
    ),
    "negative": ((*MLP, "--set", "lr=-1"), ("trainer.lr is -1", "at least 0")),
    "out of bounds": ((*MLP, "--set", "betas=0.9,2"), ("trainer.betas is 0.9,2", "less than 1")),
    "no latents": ((*RING, "--set", "latent=0"), ("model.latent is 0", "at least 1")),
    "no units": (
        (*RING, "--set", "generator=8,0"),
        ("model.generator is 8,0", "each to be at least 1"),
    ),
    "no width": ((*RING, "--set", "sigma=-1"), ("dataset.sigma is -1", "more than 0")),
    "no divisor": ((*MLP, "--set", "accumulate=3"), ("trainer.accumulate is 3", "128")),
    "epochs": ((*MLP, "--epochs", "0"), ("trainer.epochs is 0", "at least 1")),
    "epochs in words": ((*MLP, "--epochs", "ten"), ("--epochs", "integer")),
    "steps": ((*MLP, "--steps", "-5"), ("trainer.steps is -5", "at least 1")),
    "batch size": ((*MLP, "--batch-size", "0"), ("trainer.batch_size is 0", "at least 1")),
    "seed": ((*MLP, "--seed", "-1"), ("trainer.seed is -1", "at least 0")),
    "device": ((*MLP, "--device", "gpu"), ("trainer.device is 'gpu'", "auto | cpu | cuda | mps")),
    "two lengths": (
        (*MLP, "--epochs", "2", "--steps", "3"),
        ("--epochs and --steps", "Give only one"),
    ),
    "no value": ((*MLP, "--set", "lr"), ("--set lr", "KEY=VALUE", "lr=0.0001")),
    "no key": ((*MLP, "--set", "=3"), ("--set =3", "KEY=VALUE")),
    "batch larger than the data": (
        (*RING, "--set", "size=100", "--batch-size", "101"),
        ("trainer.batch_size is 101", "100 samples", "--batch-size 50"),
    ),
    "no picture folder named": (
        (*MLP, "--dataset", "image-folder"),
        ("dataset.root must be set", "--set dataset.root="),
    ),
    "no run to sample": (("sample", "runs/nosuch"), ("no such run: runs/nosuch does not exist",)),
    "no run to resume": (("train", "--resume", "nosuch"), ("no such run: nosuch does not exist",)),
    "no run in the folder": (("train", "--resume", "."), ("no such run", "holds no run")),
    "a name too long to sample": (("sample", "x" * 300), ("no such run", "does not exist")),
    "a name too long to resume": (("train", "--resume", "x" * 300), ("no such run",)),
    "resume elsewhere": (("train", "--resume", "x", "--out", "y"), ("leave out", "--out")),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_wrong_request(forked: Forks, tmp_path: Path, case: str) -> None:
    args, words = REQUESTS[case]
    forked(*args).refused(2, *words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("case", ["model", "text for a number"])
def test_a_wrong_request_from_the_very_start(ganzoo: Ganzoo, case: str) -> None:
    args, words = REQUESTS[case]
    ganzoo(*args).refused(2, *words)


def test_a_device_that_is_not_there(forked: Forks) -> None:
    torch = pytest.importorskip("torch")
    for name, there in {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }.items():
        if not there:
            words = (f"trainer.device is {name}", "not available here", "cpu")
            forked(*RING, "--device", name).refused(2, *words)


def test_a_wrong_setting_shows_before_the_data_is_loaded(forked: Forks) -> None:
    refused = forked(*MLP, "--dataset", "mnist", "--set", "latent=0").refused(
        2, "model.latent is 0"
    )
    assert "mnist" not in refused.err


@pytest.mark.parametrize(
    "setting", [f"latent={10**11}", f"latent={10**18}", f"trainer.samples={10**12}"]
)
def test_more_than_fits_into_memory(forked: Forks, setting: str) -> None:
    forked(*RING, "--steps", "1", "--set", setting).refused(1, "not enough memory", "--batch-size")


# Configuration files

CONFIGS: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    "missing": ("c.toml", None, ("--config c.toml", "No such file")),
    "no TOML": ("c.toml", "model = ", ("--config c.toml is not TOML", "Invalid value")),
    "unknown name": ("c.toml", 'modle = "vanilla-mlp"', ("unknown 'modle'", "expected model")),
    "name of another type": ("c.toml", "model = 5", ("model must be a name",)),
    "no table": ("c.toml", "settings = 5", ("table of settings",)),
    "unknown model": ("c.toml", 'model = "gan"', ("unknown model 'gan'",)),
    "unknown key": (
        "c.toml",
        'model = "vanilla-mlp"\n[settings.model]\nlatnt = 3',
        ("c.toml: unknown setting 'model.latnt'", "model.latent"),
    ),
    "another type": (
        "c.toml",
        'model = "vanilla-mlp"\n[settings]\nlr = true',
        ("c.toml: trainer.lr is True", "expected float"),
    ),
    "NaN": ("c.toml", 'model = "vanilla-mlp"\n[settings]\nlr = nan', ("trainer.lr is nan",)),
    "observers in no list": ("c.toml", "observers = 3", ("observers must be a list",)),
    "no JSON": ("run.json", "{", ("--config run.json is not JSON",)),
    "someone else's JSON": ("run.json", '{"name": "x"}', ("not a run.json or sweep.json",)),
    "a list": ("run.json", "[]", ("expected names and a table",)),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_wrong_configuration(forked: Forks, tmp_path: Path, case: str) -> None:
    name, text, words = CONFIGS[case]
    if text is not None:
        Path(name).write_text(text)
    before = snapshot(tmp_path)
    forked("train", "--config", name).refused(2, *words)
    assert snapshot(tmp_path) == before


def test_a_configuration_that_is_not_text(forked: Forks) -> None:
    Path("c.toml").write_bytes(b"\xff\xfe\x00")
    forked("train", "--config", "c.toml").refused(2, "c.toml is not TOML")
    forked("train", "--config", ".").refused(2, "a folder, not a file")
