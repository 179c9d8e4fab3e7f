"""``ganzoo reproduce``: a small experiment with real runs, and its page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Forks, Ganzoo
from small_experiment import MINE

from ganzoo.reporting.spread import Spread


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reproduced")
    (folder / "mine.toml").write_text(MINE)
    (folder / "page.md").write_text("# Mine\n\nKept.\n")
    args = ("mine.toml", "--scale", "0.1", "--seeds", "0-1", "--jobs", "2", "--write", "page.md")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GANZOO_NO_REPORT", "1")
        done = Ganzoo(tmp_path_factory.mktemp("logs"))("reproduce", *args).ok()
    (folder / "printed").write_text(done.out)
    return folder


@pytest.fixture
def made(_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small experiment: two runs of 40 steps."""
    folder = Path(shutil.copytree(_made, tmp_path / "made"))
    monkeypatch.chdir(folder)
    return folder


def scored(run: Path) -> list[dict[str, Any]]:
    return [dict(each) for each in json.loads((run / "evaluations.json").read_text())]


def test_our_results_are_next_to_the_reported_ones(made: Path) -> None:
    printed = (made / "printed").read_text()
    runs = [made / f"runs/reproduce/mine/small-gan/seed-{seed}" for seed in (0, 1)]
    covered, good = (
        Spread.over(
            each["scores"][name]
            for run in runs
            for each in scored(run)
            if (each["step"], each["seed"]) == (40, 0)
        )
        for name in ("modes.covered", "modes.good")
    )
    for text in (printed, (made / "page.md").read_text()):
        assert all(told in text for told in ("Nobody", "8.0 ± 0.1", "98.9 %"))
        assert f"{covered.mean:.1f} ± {covered.error:.1f}" in text
        assert f"{100 * good.mean:.1f} ± {100 * good.error:.1f} %" in text


def test_the_page_says_by_what_protocol(made: Path) -> None:
    text = (made / "page.md").read_text()
    assert text.startswith("# Mine\n\nKept.\n")
    for told in (
        "ganzoo reproduce mine.toml --scale 0.1 --seeds 0-1 --jobs 2 --write page.md",
        "Small GAN: 40 of 400 steps with seeds 0, 1 (",
        "40 steps instead of 400 (0.1 of the protocol)",
        "2 runs instead of 10",
        "The networks are tiny.",
        "ours, final",
        "ours, best",
        "made up",
        "torch",
        "commit",
    ):
        assert told in text, told


def test_the_best_are_chosen_by_other_samples_than_those_that_are_reported(made: Path) -> None:
    run = made / "runs/reproduce/mine/small-gan/seed-0"
    chosen = {each["step"]: each["scores"]["modes.covered"] for each in scored(run) if each["seed"]}
    assert sorted(chosen) == [10, 20, 30, 40]
    best = max(chosen, key=lambda step: (chosen[step], step))
    reported = {each["step"] for each in scored(run) if each["seed"] == 0}
    assert reported == {40, best}


def test_again_it_trains_nothing_and_replaces_its_section(made: Path, forked: Forks) -> None:
    files = sorted(made.glob("runs/reproduce/mine/small-gan/seed-*/**/*"))
    before = {file: file.stat().st_mtime_ns for file in files if file.is_file()}
    args = ("mine.toml", "--scale", "0.1", "--seeds", "0-1", "--write", "page.md", "--json")
    told = forked("reproduce", *args).ok().json
    assert [run["seed"] for run in told[0]["runs"]["Small GAN"]] == [0, 1]
    assert {f: f.stat().st_mtime_ns for f in before if ".lock" not in f.name} == {
        f: t for f, t in before.items() if ".lock" not in f.name
    }
    text = (made / "page.md").read_text()
    assert text.count("## A small ring") == 1
    assert text.count("<!-- ganzoo reproduce mine -->") == 1


def elsewhere(made: Path, seeds: tuple[int, ...], **differing: Any) -> Path:
    """Make the page look as if another machine had written it from these seeds."""
    file = made / "page/mine.json"
    kept = json.loads(file.read_text())
    first = kept["Small GAN"]["runs"][0]
    first["final"]["modes.covered"], first["hardware"] = 1000.0, "4 cores of Other"
    kept["Small GAN"]["runs"] = [{**first, "seed": seed, **differing} for seed in seeds]
    file.write_text(json.dumps(kept))
    return file


def test_runs_that_were_made_elsewhere_count_with_those_that_are_here(
    made: Path, forked: Forks
) -> None:
    elsewhere(made, (1, 2))
    args = ("mine.toml", "--score-only", "--write", "page.md", "--json")
    runs = forked("reproduce", *args).ok().json[0]["runs"]["Small GAN"]
    assert [run["seed"] for run in runs] == [0, 1, 2]
    assert runs[1]["final"]["modes.covered"] <= 8  # the one that is here
    assert runs[2]["final"]["modes.covered"] == 1000
    text = (made / "page.md").read_text()
    assert "ganzoo reproduce mine.toml --scale 0.1 --seeds 0-2 --write page.md" in text
    assert "- Small GAN (seed 2): 4 cores of Other, " in text
    assert "- Small GAN (seeds 0-1): " in text

    shutil.rmtree(made / "runs")
    assert forked("reproduce", *args).ok().json[0]["runs"]["Small GAN"] == runs
    assert (made / "page.md").read_text() == text
    forked("reproduce", "mine.toml", "--score-only").refused(2, "has no finished run of mine")


def test_kept_runs_of_another_length_or_protocol_do_not_count(made: Path, forked: Forks) -> None:
    args = ("mine.toml", "--score-only", "--write", "page.md", "--json")
    elsewhere(made, (2,), steps=30)
    runs = forked("reproduce", *args).ok().json[0]["runs"]["Small GAN"]
    assert [run["seed"] for run in runs] == [0, 1]

    for was, now in (('batch_size": 16', 'batch_size": 8'), ('"modes.good"', '"modes.fine"')):
        file = elsewhere(made, (2,))
        file.write_text(file.read_text().replace(was, now))
        told = forked("reproduce", *args).ok()
        assert [run["seed"] for run in told.json[0]["runs"]["Small GAN"]] == [0, 1]
        assert "mine.json no longer has Small GAN 2 of 40 steps, because" in told.err


def test_the_page_says_which_machine_and_code_trained(made: Path, forked: Forks) -> None:
    first, second = (made / f"runs/reproduce/mine/small-gan/seed-{n}/run.json" for n in (0, 1))
    assert "cores of" in json.loads(first.read_text())["hardware"]
    for file, told in ((first, ("8 cores of Other", "commit 0123456789")), (second, ("", ""))):
        record = json.loads(file.read_text())
        record["hardware"], record["commit"] = told  # those of earlier versions say nothing
        file.write_text(json.dumps(record))
    forked("reproduce", "mine.toml", "--score-only", "--write", "page.md").ok()
    text = (made / "page.md").read_text()
    assert re.search(
        r"- Small GAN \(seed 0\): 8 cores of Other, .*, commit 0123456789. Started", text
    )
    assert re.search(r"- Small GAN \(seed 1\): .*, scored with .*\. Started", text)


def test_what_systems_that_are_not_asked_for_did_is_left_alone(made: Path, forked: Forks) -> None:
    other = MINE.partition("[[systems]]")[2].partition("[[systems.reported]]")[0]
    other = f"[[systems]]{other}".replace("Small GAN", "Other").replace("= [8]", "= [4]")
    (made / "mine.toml").write_text(MINE + other)
    here = made / "runs/reproduce/mine"
    shutil.copytree(here / "small-gan", here / "other")  # of other networks than it says
    args = ("mine.toml", "--score-only", "--write", "page.md")
    told = forked("reproduce", *args, "--system", "Small GAN", "--json").ok().json
    assert list(told[0]["runs"]) == ["Small GAN"]
    forked("reproduce", *args).refused(2, "model.generator is [8], but Other has [4]")


def test_shorter_runs_do_not_replace_longer_ones(made: Path, forked: Forks) -> None:
    file = elsewhere(made, (2,), steps=400)
    before = file.read_bytes()
    args = ("mine.toml", "--scale", "0.1", "--write", "page.md", "--out", "new")
    words = ("mine.json has runs of 400 steps for Small GAN, and those of 40 would", "another page")
    forked("reproduce", *args).refused(2, *words)
    assert not (made / "new").exists()
    forked("reproduce", "mine.toml", "--score-only", "--write", "page.md").refused(2, *words)
    assert file.read_bytes() == before


def test_damaged_kept_scores_are_told_before_anything_is_trained(made: Path, forked: Forks) -> None:
    file = elsewhere(made, (2, 2))
    args = ("mine.toml", "--out", "new", "--write", "page.md")
    forked("reproduce", *args).refused(1, "mine.json is not a file of kept scores", "one seed")
    file.write_text(file.read_text().replace('"steps": 40', '"steps": 30', 1))
    forked("reproduce", *args).refused(1, "mine.json is not a file of kept scores", "lengths")
    file.write_text(file.read_text()[:100])
    forked("reproduce", *args).refused(1, "mine.json is not a file of kept scores")
    assert not (made / "new").exists()


def test_a_page_that_lost_a_comment_is_left_alone(made: Path, forked: Forks) -> None:
    file = made / "page.md"
    whole = file.read_text().rstrip()
    args = ("mine.toml", "--score-only", "--write", "page.md")
    for broken in (whole.replace("<!-- end of mine -->", "Notes."), f"{whole}\n{whole}"):
        file.write_text(broken)
        forked("reproduce", *args).refused(1, "page.md: expected <!-- ganzoo reproduce mine -->")
        assert file.read_text() == broken
    file.write_text(whole)  # its last line does not end
    forked("reproduce", *args).ok()
    assert file.read_text().rstrip() == whole.replace(" --jobs 2", "")


def test_another_scale_needs_another_folder(made: Path, forked: Forks) -> None:
    args = ("mine.toml", "--scale", "0.2", "--seeds", "0-1")
    forked("reproduce", *args).refused(2, "is a run of 40 steps, not of 80", "--out")


def test_a_run_that_was_made_longer_is_told_before_others_are_trained(
    made: Path, forked: Forks
) -> None:
    run = made / "runs/reproduce/mine/small-gan/seed-1"
    forked("train", "--resume", run, "--steps", "60").ok()
    args = ("mine.toml", "--scale", "0.1", "--seeds", "0-2")
    forked("reproduce", *args).refused(2, "seed-1 is a run of 60 steps, not of 40")
    assert not run.with_name("seed-2").exists()


def test_runs_of_something_else_are_not_counted(made: Path, forked: Forks) -> None:
    file = made / "runs/reproduce/mine/small-gan/seed-1/run.json"
    was = file.read_text()
    file.write_text(was.replace('"trainer.batch_size": 16', '"trainer.batch_size": 8'))
    args = ("mine.toml", "--score-only")
    forked("reproduce", *args).refused(2, "trainer.batch_size is 8, but Small GAN has 16")
    file.write_text(was)
    shutil.copytree(file.parent, file.parent.with_name("seed-1-again"))
    forked("reproduce", *args).refused(2, "two finished runs of one seed")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('loss = "least-squares"', "its loss is ganzoo-core/bce, but Small GAN has "),
        ('penalty = "r1"', "its penalty is none, but Small GAN has "),
        ('model = "ganzoo-core/vanilla-mlp"\nloss = "bce"', ""),
    ],
)
def test_runs_of_another_loss_or_penalty_are_not_counted(
    words: str, told: str, made: Path, forked: Forks
) -> None:
    model = 'model = "vanilla-mlp"'
    words = words if "model" in words else f"{model}\n{words}"
    (made / "mine.toml").write_text(MINE.replace(model, words))
    done = forked("reproduce", "mine.toml", "--score-only")
    if told:
        done.refused(2, told)
    else:
        done.ok()


def test_runs_are_recognised_however_a_setting_is_written(made: Path, forked: Forks) -> None:
    written = '"lr" = "2e-4"\n"trainer.threads" = 0\n"trainer.device" = "auto"'
    (made / "mine.toml").write_text(MINE.replace('"trainer.threads" = 1', written))
    forked("reproduce", "mine.toml", "--score-only").ok()
    (made / "mine.toml").write_text(MINE.replace('"trainer.threads" = 1', '"lr" = 1e-3'))
    forked("reproduce", "mine.toml", "--score-only").refused(2, "its trainer.lr is 0.0002")


def test_runs_of_a_gpu_are_scored_without_one(made: Path, forked: Forks) -> None:
    for file in made.glob("runs/reproduce/mine/small-gan/seed-*/run.json"):
        record = json.loads(file.read_text())
        record["settings"]["trainer.device"], record["hardware"] = (
            "cuda",
            "",
        )  # an earlier version's
        file.write_text(json.dumps(record))
    forked("reproduce", "mine.toml", "--score-only").ok()


def test_weights_whose_score_is_no_number_are_not_the_best(made: Path, forked: Forks) -> None:
    file = made / "runs/reproduce/mine/small-gan/seed-0/evaluations.json"
    kept = json.loads(file.read_text())
    for each in kept:
        if each["seed"] == 1:
            covered = {10: 5.0, 40: "nan"}.get(each["step"], 1.0)
            each["scores"]["modes.covered"] = covered
    file.write_text(json.dumps(kept))
    told = forked("reproduce", "mine.toml", "--score-only", "--json").ok().json
    assert told[0]["runs"]["Small GAN"][0]["best_step"] == 10


def test_scores_of_another_protocol_are_not_read_back(made: Path, forked: Forks) -> None:
    run = made / "runs/reproduce/mine/small-gan/seed-0"
    kept = scored(run)
    for each in kept:
        each["settings"] = {"metric.modes.sigmas": 1e6}
        each["scores"] = dict.fromkeys(each["scores"], 1.0)
    (run / "evaluations.json").write_text(json.dumps(kept))
    told = forked("reproduce", "mine.toml", "--score-only", "--json").ok().json
    first = next(each for each in told[0]["runs"]["Small GAN"] if each["seed"] == 0)
    assert first["final"]["modes.good"] < 1
