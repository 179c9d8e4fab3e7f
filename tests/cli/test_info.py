"""``ganzoo info`` fits 80 columns for every record, and shows formulas instead of LaTeX."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Forks, Ganzoo
from raw_markup import PLUGIN, RAW
from terminal import Terminal

from ganzoo.registry.registry import registry

ROOT = Path(__file__).parents[2]
BOXES = re.compile(r"[\u2500-\u257f\x1b]")
"""Line drawing, and colours."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Record -> the output of `ganzoo info`, all from one process because there are many."""
    names = [entry.qualified for entry in registry().entries()]
    before = (
        "import sys\nfrom ganzoo.cli.info import info\n"
        f"for name in {names}:\n    print('@@', name, flush=True)\n    info(name)\n"
        "sys.stdout.flush()\nassert 'torch' not in sys.modules"
    )
    told = Ganzoo(tmp_path_factory.mktemp("info"))("--version", before=before).ok().out
    pages = dict(part.split("\n", 1) for part in told.split("@@ ")[1:])
    assert list(pages) == names
    return pages


def test_nothing_is_wider_than_80_columns(pages: dict[str, str]) -> None:
    lines = [(name, line) for name, page in pages.items() for line in page.splitlines()]
    assert not [each for each in lines if len(each[1]) > 80 and " " in each[1].strip()]
    assert len(lines) > 1000


def test_nobody_sees_markup(pages: dict[str, str]) -> None:
    seen = {name: RAW.findall(page) for name, page in pages.items()}
    assert not {name: found for name, found in seen.items() if found}


def test_it_reads_well_in_a_file(pages: dict[str, str]) -> None:
    assert not [name for name, page in pages.items() if BOXES.search(page)]
    ends = {line.split()[-1] for page in pages.values() for line in page.splitlines() if line}
    files = [*ROOT.glob("ganzoo/**/*.py"), *ROOT.glob("plugins/**/*.py")]
    known = {word for path in files for word in re.findall(r"[a-z]+", path.read_text())}
    assert len(ends) > 200
    assert {w for w in ends if re.fullmatch("[a-z]+", w)} <= known, "words cut in two"


def test_what_it_is_comes_first_and_the_settings_last(pages: dict[str, str]) -> None:
    page = pages["ganzoo-core/vanilla-mlp"]
    order = [
        "vanilla-mlp  model of ganzoo-core",
        "Generative Adversarial Nets (2014) https://arxiv.org/abs/1406.2661",
        "The idea. ",
        "\n    min_G max_D 𝔼_(x ∼ p_data)[log D(x)] + 𝔼_(z ∼ p_z)[log(1 − D(G(z)))]\n",
        "Presets (--preset NAME)",
        "  quick",
        "trainer.betas=0.5,0.999",
        "Settings (--set KEY=VALUE)",
        "  model.latent = 100  (int, at least 1)\n      Dimensions of the noise",
        "  trainer.epochs  unset",
    ]
    places = [page.index(part) for part in order]
    assert places == sorted(places)


def test_a_dataset_shows_its_fields_and_the_names_of_its_classes(pages: dict[str, str]) -> None:
    page = pages["ganzoo-torchvision/fashion-mnist"]
    shown = (
        "Fields\n\n  image  grey pictures of 28 x 28 pixels\n  label  labels of 10 classes\n"
        "      0 t-shirt/top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt,\n"
        "      7 sneaker, 8 bag, 9 ankle boot\n\nSettings"
    )
    assert shown in page
    assert "  point  points in the plane\n\nSettings" in pages["ganzoo-core/ring"]
    assert "Fields" not in pages["ganzoo-core/image-folder"]  # they depend on the folder


def test_a_metric_says_which_way_is_better(pages: dict[str, str]) -> None:
    page = pages["ganzoo-core/digits"]
    assert "digits.frechet  lower is better\n" in page
    assert "It uses 10,000 samples by default and needs at least 250." in page


def test_a_plugins_markup_is_not_shown_either(forked: Forks) -> None:
    Path("marked.py").write_text(PLUGIN)
    for command in (["info", "marked"], ["list", "losses"], ["plugins", "show", "marked"]):
        shown = forked("--plugin", "marked.py", *command).ok().out
        assert "A loss with markup and θ_D." in shown
        assert not RAW.search(shown)
    told = forked("--plugin", "marked.py", "info", "marked").ok().out
    assert "A lesson with everything: code, θ_g.\n\n    ½ 𝔼[x]\n\nSettings" in told
    assert "How λ and size are [bold]set[/bold]." in told


def test_a_program_gets_the_names_too(forked: Forks) -> None:
    told = json.loads(forked("info", "cifar10", "--json").ok().out)
    assert told["fields"]["label"]["names"][:3] == ["airplane", "automobile", "bird"]
    assert "fields" not in json.loads(forked("info", "bce", "--json").ok().out)


@pytest.mark.parametrize("columns", [60, 100])
def test_in_a_terminal_it_has_colours_and_keeps_to_its_width(ganzoo: Ganzoo, columns: int) -> None:
    before = (
        "import os, sys\nsys.stdout = open(os.environ['STDERR'], 'w')\n"
        "from rich.console import Console"
    )
    terminal = Terminal(ganzoo, "info", "dcgan", before=before, COLUMNS=str(columns))  # type: ignore[arg-type]
    assert terminal.end() == 0
    assert "\x1b[1mdcgan" in terminal.shown
    plain = re.sub(r"\x1b\[[\d;]*m", "", terminal.shown)
    lines = [line.rstrip() for line in plain.splitlines()]
    assert min(columns, 80) - 15 < max(map(len, lines)) <= min(columns, 80)
    assert "β₁ = 0.5" in plain
