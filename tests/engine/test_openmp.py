"""How threads wait: set before PyTorch is loaded, by ganzoo or by the user."""

import re
import subprocess
import sys

import pytest

from ganzoo.engine.openmp import CHOSEN, SPINS, wait_briefly, waiting

SHOWN = f"import os, ganzoo; print(os.environ.get({SPINS!r}))"
TINY = ["train", "vanilla-mlp", "--dataset", "ring", "--steps", "3", "--dry-run"]


def python(*args: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *args], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_importing_ganzoo_sets_a_short_spin() -> None:
    assert python("-c", SHOWN).strip() == CHOSEN


@pytest.mark.parametrize("ours", [{SPINS: "7"}, {"OMP_WAIT_POLICY": "active"}])
def test_what_the_user_set_stands(ours: dict[str, str]) -> None:
    environment = dict(ours)
    wait_briefly(environment)  # in this process PyTorch is loaded
    assert environment == ours
    assert python("-c", SHOWN, **ours).strip() == ours.get(SPINS, "None")
    assert waiting(ours) == "=".join(*ours.items())


def test_where_torch_is_loaded_it_is_too_late() -> None:
    assert python("-c", f"import torch; {SHOWN}").strip() == "None"
    assert waiting({}) == ""


def test_openmp_has_read_it() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "import ganzoo, os; os.environ['OMP_DISPLAY_ENV'] = 'verbose'\n"
         "import torch; torch.ones(10**6).exp()"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    if "GOMP_" not in shown:
        pytest.skip("this PyTorch has another OpenMP")
    assert f"GOMP_SPINCOUNT = '{CHOSEN}'" in shown


@pytest.mark.parametrize(
    ("threads", "told"),
    [("1", "the CPU with 1 thread. "), ("2", rf"2 threads, which wait by {SPINS}={CHOSEN}\. ")],
)
def test_a_dry_run_says_so(threads: str, told: str) -> None:
    last = python("-m", "ganzoo", *TINY, "--set", f"threads={threads}").splitlines()[-1]
    assert re.search(f"about 0:00 on .*{told}", last)


def test_a_dry_run_of_one_step_has_a_time() -> None:
    args = [*TINY[:-2], "1", "--dry-run"]
    last = python("-m", "ganzoo", *args).splitlines()[-1]
    assert not last.startswith("1 steps of 0.0 ms")
