"""Whatever a person gets wrong: one clear message, the right status, and nothing is harmed.

Status 2 means that the request was wrong, 1 that something failed. Broken plugins, networks, disks
and run folders have tables of their own in ``cli/``.
"""

from __future__ import annotations

import gzip
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks, Ganzoo, snapshot
from PIL import Image

MLP = ("train", "vanilla-mlp")
RING = (*MLP, "--dataset", "ring")
OWN = ("--plugin", "own.py", "train")
FOLDER = (*MLP, "--dataset", "image-folder", "--set", "dataset.root=pictures", "--batch-size", "2")

REQUESTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no model": (("train",), ("which model?", "ganzoo list models")),
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
        ("'seed' may mean dataset.seed or trainer.seed", "say which"),
    ),
    "text for a number": (
        (*MLP, "--set", "latent=many"),
        ("--set", "model.latent is 'many'", "expected int", "Size of the noise"),
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
    "no units": ((*RING, "--set", "generator=8,0"), ("model.generator is 8,0", "each at least 1")),
    "no width": ((*RING, "--set", "sigma=-1"), ("dataset.sigma is -1", "more than 0")),
    "no divisor": ((*MLP, "--set", "accumulate=3"), ("trainer.accumulate is 3", "128")),
    "epochs": ((*MLP, "--epochs", "0"), ("trainer.epochs is 0", "at least 1")),
    "epochs in words": ((*MLP, "--epochs", "ten"), ("--epochs", "integer")),
    "steps": ((*MLP, "--steps", "-5"), ("trainer.steps is -5", "at least 1")),
    "batch size": ((*MLP, "--batch-size", "0"), ("trainer.batch_size is 0", "at least 1")),
    "seed": ((*MLP, "--seed", "-1"), ("trainer.seed is -1", "at least 0")),
    "device": ((*MLP, "--device", "gpu"), ("trainer.device is 'gpu'", "auto | cpu | cuda | mps")),
    "two lengths": ((*MLP, "--epochs", "2", "--steps", "3"), ("--epochs and --steps", "give one")),
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
    "someone else's JSON": ("run.json", '{"name": "x"}', ("not a run's run.json",)),
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


def test_a_configuration_that_is_no_text(forked: Forks) -> None:
    Path("c.toml").write_bytes(b"\xff\xfe\x00")
    forked("train", "--config", "c.toml").refused(2, "c.toml is not TOML")
    forked("train", "--config", ".").refused(2, "directory")


# Parts that do not go together

OWN_PLUGIN = """
from dataclasses import dataclass
import ganzoo, numpy as np, torch

@ganzoo.hookimpl
def ganzoo_models():
    make = lambda name, **rest: ganzoo.Model(
        name=name, summary="Own.", factory="own:Own", dataset="ring", **rest)
    yield make("labelled", needs=("image", "label"))
    yield make("picky")
    yield make("energetic", output="energy")
    yield make("solitary", output=None)

@ganzoo.hookimpl
def ganzoo_datasets():
    make = lambda name: ganzoo.Dataset(
        name=name, summary="Own.", factory="own:" + name.capitalize())
    yield from map(make, ("holes", "nothing", "torn"))

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="bad", summary="Own.", factory="own:Bad")

@dataclass(frozen=True)
class Own:
    def build(self, data, loss):
        raise ganzoo.DoesNotFit("picky takes pictures of cats; this data has points")

@dataclass(frozen=True)
class Holes:
    def load(self):
        x = np.zeros((200, 2), np.float32)
        x[77] = np.nan
        return ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": x})

@dataclass(frozen=True)
class Nothing:
    def load(self):
        return None

@dataclass(frozen=True)
class Torn:
    def load(self):
        arrays = {"point": np.zeros((9, 2)), "label": np.zeros(8)}
        return ganzoo.Data({"point": ganzoo.Field((2,)), "label": ganzoo.Field(())}, arrays)

@dataclass(frozen=True)
class Bad:
    after: int = 12
    probability = True
    def discriminator(self, real, fake):
        steps.append(1)
        bad = torch.nan if len(steps) > self.after else 1.0
        return (real.mean() - fake.mean()) * bad
    def generator(self, fake):
        return fake.mean()
steps = []
"""

MISFITS: dict[str, tuple[tuple[str, ...], int, tuple[str, ...]]] = {
    "data without labels": (
        ("labelled",), 2, ("labelled needs data with image and label", "it has point"),
    ),
    "what the model refuses": (("picky",), 2, ("takes pictures of cats",)),
    "loss": (
        ("energetic", "--loss", "bce"), 2, ("bce does not fit energetic", "logits", "energy"),
    ),
    "no loss": (("solitary", "--loss", "bce"), 2, ("own objective", "no --loss")),
    "no penalty": (("solitary", "--penalty", "r1"), 2, ("own objective", "no penalty")),
    "data with holes": (("vanilla-mlp", "--dataset", "holes"), 1, ("'point'", "not finite")),
    "no data": (("vanilla-mlp", "--dataset", "nothing"), 1, ("Nothing", "expected ganzoo.Data")),
    "torn data": (("vanilla-mlp", "--dataset", "torn"), 1, ("point: 9", "label: 8")),
}  # fmt: skip


@pytest.mark.parametrize("case", MISFITS)
def test_parts_that_do_not_fit(forked: Forks, case: str) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    args, status, words = MISFITS[case]
    forked(*OWN, *args, "--out", "run").refused(status, *words)
    assert not Path("run").exists()


def test_a_loss_gone_to_nan(forked: Forks) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    failed = forked("--plugin", "own.py", *TINY, "--loss", "bad", "--out", "run")
    failed.refused(1, "discriminator_loss became nan by step 15", "smaller", "step 10")
    assert forked("runs", "--json", "run").json[0]["status"] == "failed"
    assert Path("run/metrics.csv").read_text().count("\n") == 3  # the header, steps 5 and 10
    forked("--plugin", "own.py", "sample", "run", "--out", "x.npz").ok()
    assert np.isfinite(np.load("x.npz")["points"]).all()


def test_weights_gone_to_nan_never_replace_good_ones(forked: Forks) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    args = ("--plugin", "own.py", *TINY, "--loss", "bad", "--out", "run", "--set", "log_every=999")
    forked(*args, "--set", "sample_every=3").refused(1, "not finite")
    assert forked("runs", "--json", "run").json[0]["status"] == "failed"
    forked("--plugin", "own.py", "sample", "run", "--out", "x.npz").ok()
    assert np.isfinite(np.load("x.npz")["points"]).all()


def test_a_learning_rate_that_breaks_everything(forked: Forks) -> None:
    refused = forked(*TINY, "--set", "lr=1e30", "--out", "run", "--steps", "100").refused(
        1, "--set"
    )
    assert "step 0" in refused.err


# Files that datasets read

GOOD = struct.pack(">4B3I", 0, 0, 8, 3, 20, 28, 28) + bytes(20 * 28 * 28)
LABELS = struct.pack(">4BI", 0, 0, 8, 1, 20) + bytes(20)
IDX: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "truncated": (GOOD[:-1], ("is truncated", "20 x 28 x 28")),
    "truncated in its header": (GOOD[:9], ("truncated", "within its header")),
    "empty": (b"", ("not an IDX file",)),
    "longer": (GOOD + b"x", ("trailing bytes",)),
    "foreign": (b"<!DOCTYPE html><html>", ("not an IDX file", "<!DO")),
    "of another type": (b"\0\0\x0d" + GOOD[3:], ("type 0x0d", "0x08")),
    "of another shape": (
        struct.pack(">4B3I", 0, 0, 8, 3, 20, 7, 7) + bytes(20 * 49), ("(20, 7, 7)", "(N, 28, 28)"),
    ),
    "of other length": (
        struct.pack(">4B3I", 0, 0, 8, 3, 5, 28, 28) + bytes(5 * 784), ("one label for each",),
    ),
    "cut short in its compression": (gzip.compress(GOOD)[:-9], ("cannot be read",)),
}  # fmt: skip


@pytest.mark.parametrize("case", IDX)
def test_an_idx_file(forked: Forks, case: str) -> None:
    content, words = IDX[case]
    raw = Path("data/MNIST/raw")
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(content)
    (raw / "train-labels-idx1-ubyte").write_bytes(LABELS)
    before = snapshot(raw)
    for args in (MLP, (*MLP, "--dataset", "mnist")):  # damage is told even where none was asked for
        refused = forked(*args, "--out", "run", GANZOO_DATA="data")
        refused.refused(1, "train-images-idx3-ubyte", "Delete the file", *words)
    assert snapshot(raw) == before
    assert not Path("run").exists()


def test_a_data_folder_that_is_a_file(forked: Forks) -> None:
    Path("data").write_text("mine")
    forked(*MLP, "--dataset", "mnist", GANZOO_DATA="data").refused(
        2, "data is a file", "GANZOO_DATA"
    )
    assert Path("data").read_text() == "mine"


def test_something_else_in_the_place_of_an_idx_file(forked: Forks) -> None:
    Path("data/MNIST/raw/train-images-idx3-ubyte").mkdir(parents=True)
    refused = forked(*MLP, "--dataset", "mnist", GANZOO_DATA="data")
    refused.refused(1, "train-images-idx3-ubyte", "mnist-5k")


def paint(name: str, mode: str = "L", size: tuple[int, int] = (8, 8)) -> None:
    path = Path("pictures", name)
    path.parent.mkdir(exist_ok=True)
    Image.new(mode, size).save(path)


def empty() -> None:
    Path("pictures").mkdir()
    Path("pictures/notes.txt").write_text("no picture")


def mixed_sizes() -> None:
    paint("a.png")
    paint("b.png", size=(9, 8))


def mixed_modes() -> None:
    paint("a.png")
    paint("b.png", "RGB")


def odd_mode() -> None:
    paint("a.png", "RGBA")
    paint("b.png", "RGBA")


def broken() -> None:
    paint("a.png", size=(99, 99))
    paint("b.png", size=(99, 99))
    content = Path("pictures/b.png").read_bytes()
    Path("pictures/b.png").write_bytes(content[: len(content) // 2])


def no_picture() -> None:
    paint("a.png")
    Path("pictures/b.png").write_text("hello")


def a_file() -> None:
    Path("pictures").write_text("hello")


def nothing() -> None:
    pass


PICTURES: dict[Callable[[], None], tuple[int, tuple[str, ...]]] = {
    nothing: (2, ("pictures does not exist", "dataset.root=FOLDER")),
    a_file: (2, ("pictures is a file", "expected a folder")),
    empty: (2, ("no pictures in pictures", ".png")),
    mixed_sizes: (2, ("mixed size", "a.png", "8 x 8", "b.png", "9 x 8", "dataset.size=")),
    mixed_modes: (2, ("mixed mode", "a.png is L", "b.png is RGB", "dataset.channels=")),
    odd_mode: (2, ("a.png", "mode RGBA", "dataset.channels=")),
    broken: (1, ("b.png cannot be read as a picture", "Replace it")),
    no_picture: (1, ("b.png cannot be read as a picture",)),
}


@pytest.mark.parametrize("case", PICTURES, ids=lambda case: case.__name__)
def test_a_folder_of_pictures(forked: Forks, tmp_path: Path, case: Callable[[], None]) -> None:
    case()
    status, words = PICTURES[case]
    before = snapshot(tmp_path)
    forked(*FOLDER, "--out", "run").refused(status, *words)
    assert snapshot(tmp_path) == before


# Resuming and sampling

RESUMED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "another rate": (("--set", "lr=1"), ("trainer.lr: the run has 0.0002, you asked for 1.0",)),
    "another seed": (("--seed", "4"), ("trainer.seed: the run has 0, you asked for 4",)),
    "several": (
        ("--seed", "4", "--batch-size", "8"),
        ("trainer.seed: the run has 0", "trainer.batch_size: the run has 16, you asked for 8"),
    ),
    "another loss": (("--loss", "minimax"), ("loss: the run has bce, you asked for minimax",)),
    "other data": (("--dataset", "grid"), ("dataset: the run has ring, you asked for grid",)),
    "a penalty": (("--penalty", "r1"), ("penalty: the run has none, you asked for r1",)),
    "a shorter length": (("--steps", "10"), ("a run of 40 steps", "longer", "asked for 10")),
}


@pytest.mark.parametrize("case", RESUMED)
def test_resuming_with_other_settings(forked: Forks, trained: Path, case: str) -> None:
    args, words = RESUMED[case]
    before = snapshot(trained)
    refused = forked("train", "--resume", trained, *args).refused(2, *words)
    if "shorter" not in case:
        assert "cannot resume" in refused.err
        assert "--config" in refused.err
    assert snapshot(trained) == before


def test_resuming_with_the_same_settings_by_name(forked: Forks, trained: Path) -> None:
    metrics = (trained / "metrics.csv").read_bytes()
    same = ("ganzoo-core/vanilla-mlp", "--penalty", "none", "--seed", "0", "--loss", "bce")
    forked("train", *same, "--resume", trained).ok()
    assert (trained / "metrics.csv").read_bytes() == metrics


def test_a_schedule_fixes_the_length(forked: Forks) -> None:
    made = forked(*TINY, "--steps", "10", "--set", "schedule=linear", "--out", "run").ok()
    assert "--steps" not in made.err  # what it cannot do, it does not offer
    before = snapshot(Path("run"))
    args = ("train", "--resume", "run", "--steps", "20")
    forked(*args).refused(2, "cannot be made longer", "schedule", "10 steps")
    assert snapshot(Path("run")) == before


SAMPLED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "none": (("-n", "0"), ("0 samples", "at least 1")),
    "a seed": (("--seed", "-1"), ("seed -1", "0 or more")),
    "an ending": (("--out", "x.jpg"), ("x.jpg", ".png or .npz")),
    "no ending": (("--out", "x"), (".png or .npz",)),
    "a step": (("--step", "7"), ("no weights of step 7", "near it are 0, 20, 40")),
    "words": (("-n", "many"), ("integer",)),
}


@pytest.mark.parametrize("case", SAMPLED)
def test_sampling(forked: Forks, trained: Path, tmp_path: Path, case: str) -> None:
    args, words = SAMPLED[case]
    before = snapshot(tmp_path)
    forked("sample", trained, *args).refused(2, *words)
    assert snapshot(tmp_path) == before


def test_sampling_to_where_nothing_can_be_written(forked: Forks, trained: Path) -> None:
    Path("folder.png").mkdir()
    Path("file").write_text("mine")
    for out in (Path("folder.png"), Path("file/x.png"), Path("x" * 300 + ".png")):
        refused = forked("sample", trained, "--out", out)
        refused.refused(1, "cannot write", out.name, str(out.parent))
    assert Path("file").read_text() == "mine"


def test_a_run_without_weights(forked: Forks, trained: Path) -> None:
    shutil.rmtree(trained / "checkpoints")
    shutil.rmtree(trained / "samples")
    forked("sample", trained).refused(2, "has no weights yet")


# Records of runs


def _edited(**changes: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), **changes}).encode()


RECORDS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "not a run's record"),
    "truncated": (lambda content: content[:-30], "not a run's record"),
    "binary": (lambda _: b"\xff\xfe\x00", "not a run's record"),
    "a list": (lambda _: b"[]", "no JSON object"),
    "foreign": (lambda _: b'{"name": "other", "format": 2}', "it has no 'model'"),
    "of a newer format": (_edited(format=3), "has format 3, this version of ganzoo reads 2"),
    "with no settings": (_edited(settings=[]), "settings is []"),
    "with a wrong total": (_edited(total="x"), "total is 'x'"),
    "with no fields": (_edited(fields={}), "it has no fields"),
    "with wrong fields": (_edited(fields={"point": {"shape": ["x"]}}), "not a run's record"),
    "with a wrong extent": (_edited(extent="x"), "extent is 'x'"),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_damaged_record(forked: Forks, trained: Path, case: str) -> None:
    damage, words = RECORDS[case]
    record = trained / "run.json"
    record.write_bytes(damage(record.read_bytes()))
    before = snapshot(trained)
    for args in (("train", "--resume", trained), ("sample", trained)):
        forked(*args).refused(1, "run.json", words)
    listed = forked("runs", "--json", trained).ok()  # the others must still be shown
    assert listed.json == []
    assert words in listed.err
    assert snapshot(trained) == before


def test_a_missing_record(forked: Forks, trained: Path) -> None:
    (trained / "run.json").unlink()
    for args in (("train", "--resume", trained), ("sample", trained)):
        forked(*args).refused(2, "no such run", "no run.json")
