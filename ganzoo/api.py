"""The zoo in Python, with the functions of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.errors import UsageError
from ganzoo.registry.listing import Listing
from ganzoo.registry.records import Dataset, Field
from ganzoo.registry.registry import Entry, registry

if TYPE_CHECKING:
    from ganzoo.diagnosis import Finding
    from ganzoo.engine.data import Data
    from ganzoo.engine.events import Event
    from ganzoo.reporting.comparison import Comparison
    from ganzoo.runs.evaluations import Evaluation
    from ganzoo.training.loading import Moment
    from ganzoo.training.run import Training
    from ganzoo.training.trained import Trained


def train(
    model: str | None = None,
    *,
    preset: str | None = None,
    dataset: str | None = None,
    loss: str | None = None,
    penalty: str | Sequence[str] | None = None,
    augmentation: str | None = None,
    settings: Mapping[str, Any] | None = None,
    config: str | Path | None = None,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    observers: Sequence[str | Callable[[Event], None]] = (),
    metrics: Sequence[str] = (),
    progress: bool = True,
    report: bool = True,
) -> Training:
    """Prepare a training run. Iterating over it trains::

        for step in ganzoo.train("vanilla-mlp", dataset="ring", settings={"steps": 2000}):
            if step.metrics:
                print(step.step, step.metrics)

    `Training.finish` trains without a loop: ``ganzoo.train("vanilla-mlp").finish().sample()``.

    Args:
        model: its name; see `models`. Leave it out with ``config`` or ``resume``.
        preset: one of the model's sets of settings, such as ``"quick"``; by default none.
        dataset, loss, penalty, augmentation: names, by default those of the preset or of the
            model. Several penalties are added together.
        settings: values by qualified or bare key, such as ``{"trainer.lr": 1e-4}``.
        config: a TOML file, or the ``run.json`` of a run to repeat.
        out: the run's folder; by default a new one under ``runs/``.
        resume: the folder of a run to continue.
        observers: names of observers, or functions that receive every event, `Started` first. A
            resumed run also has those that it had by name, unless one of the names is ``"none"``.
        metrics: names of metrics that score the run every ``trainer.evaluate_every`` steps; by
            default all that fit the data, except those that run only by name.
        progress: show a progress bar in a notebook or in a terminal.
        report: write ``report.html``, ``curves.png`` and ``training.gif`` into the run's folder at
            the end, which takes a few seconds. The first two need the extra ``pages``.
            ``GANZOO_NO_REPORT=1`` turns it off.

    Raises:
        UsageError: a name, a key or a value is wrong, or parts do not fit together.
        GanzooError: data is unavailable, or files cannot be read or written.
    """
    from ganzoo.registry.settings import overrides_of
    from ganzoo.reporting import leaving
    from ganzoo.training import progress as bars
    from ganzoo.training import run as training
    from ganzoo.training.config import read_config
    from ganzoo.training.plan import Request, plan

    request = Request(
        model, loss, ",".join([penalty] if isinstance(penalty, str) else penalty or ()) or None,
        dataset, preset, overrides_of(settings), augmentation=augmentation,
        observers=tuple(o for o in observers if isinstance(o, str)),
        metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics),
    )  # fmt: skip
    listeners = [o for o in observers if not isinstance(o, str)]
    if progress and bars.wanted():
        listeners.append(bars.Bar())
    if report and leaving.wanted():
        listeners.append(leaving.leaving(registry()))
    if resume is not None:
        if config is not None or out is not None:
            raise UsageError("resume continues a run in its own folder: leave out config and out")
        return training.resume(registry(), resume, request, listeners)
    if config is not None:
        request = request.over(read_config(Path(config), request))
    return training.start(registry(), plan(registry(), request), out, listeners)


def load(run: str | Path, step: Moment = None) -> Trained:
    """Load a trained run, ready to sample: ``ganzoo.load("runs/...").sample(16)``.

    Args:
        run: its folder, or its name under ``runs/``.
        step: a step with a sample grid, or ``"best"``; by default the newest weights.

    Raises:
        UsageError: there is no such run or step.
        BrokenFile: the run's files are damaged.
    """
    from ganzoo.training import loading

    return loading.load(registry(), run, step)


def evaluate(
    run: str | Path,
    metrics: Sequence[str] = (),
    *,
    n: int | None = None,
    seed: int = 0,
    step: Moment = None,
    settings: Mapping[str, Any] | None = None,
    view: str | None = None,
) -> list[Evaluation]:
    """Score a run's samples with metrics: ``ganzoo.evaluate("runs/...")[0].scores``.

    It scores the final weights, and the best ones if the run kept them, and saves the scores there.

    Args:
        run: its folder, or its name under ``runs/``.
        metrics: names, see `metrics`; by default all that fit the run's data, except those that run
            only by name.
        n: number of samples; by default each metric's own.
        seed: the same seed gives the same samples.
        step: a step with a sample grid, or ``"best"``.
        settings: values by qualified or bare key, such as ``{"metric.modes.sigmas": 2}``.
        view: the view to score; by default, the first that each metric fits.

    Raises:
        UsageError: a name, a key or a value is wrong, or a metric needs more samples.
        DoesNotFit: a metric is for other data.
        GanzooError: the weights are damaged, the samples are not finite, or a metric fails.
    """
    from ganzoo.evaluation import evaluate as evaluating
    from ganzoo.registry.settings import overrides_of
    from ganzoo.runs.evaluations import Evaluation

    overrides = overrides_of(settings)
    found = evaluating.evaluate(registry(), run, metrics, n, seed, step, overrides, view=view)
    return Listing(found, Evaluation.row)


def report(
    run: str | Path,
    out: str | Path | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Path:
    """Write a run's page, one HTML file that opens from disk, and return its path.

    Args:
        run: its folder, or its name under ``runs/``.
        out: the file; by default ``report.html`` in the run's folder.
        settings: values for the sections that plugins add, by qualified or bare key.

    Raises:
        UsageError: there is no such run, or a setting is unknown or has a wrong value.
        NotInstalled: the extra ``pages`` is missing.
        BrokenFile: the run's record is damaged.
        GanzooError: the page cannot be written.
    """
    from ganzoo import reporting
    from ganzoo.registry.settings import overrides_of
    from ganzoo.runs.finding import find

    path = Path(out) if out is not None else None
    return reporting.report(find(run), path, registry(), overrides_of(settings))


def compare(*runs: str | Path | Training | Trained, view: str | None = None) -> Comparison:
    """Compare several runs: ``ganzoo.compare("runs/ring", "runs/ring-minimax")``.

    It prints as a table that marks the best value of each score. A notebook also shows samples.
    ``.rows`` has a dictionary for each run, and ``.save()`` writes the page.

    Args:
        runs: folders, names under ``runs/``, or what `train` and `load` return. A sweep gets one
            column, and a sweep over losses gets one for each loss.
        view: the view whose samples are shown. By default it is the first of each run.

    Raises:
        UsageError: there is no such run, there is only one and it is not a sweep, or a run has no
            such view.
        BrokenFile: a run's record is damaged.
    """
    from ganzoo.reporting.comparison import Comparison
    from ganzoo.runs.finding import find
    from ganzoo.sweeping.folder import find_sweep

    paths = [run if isinstance(run, (str, Path)) else run.run.path for run in runs]
    return Comparison([find_sweep(path) or find(path) for path in paths], view)


def diagnose(run: str | Path) -> list[Finding]:
    """Find the faults of a run. A run that is too short to judge has none.

    ``[finding.title for finding in ganzoo.diagnose("runs/...")]``

    Args:
        run: its folder, or its name under ``runs/``.

    Raises:
        UsageError: there is no such run.
        BrokenFile: the run's files are damaged.
    """
    from ganzoo import diagnosis
    from ganzoo.runs.finding import find

    return list(diagnosis.diagnose(find(run)).findings)


def load_data(dataset: str, settings: Mapping[str, Any] | None = None) -> Data:
    """Load a dataset's samples: ``ganzoo.load_data("mnist-5k").arrays["image"]``.

    Args:
        dataset: its name; see `datasets`.
        settings: values by qualified or bare key, such as ``{"root": "pictures"}``.

    Raises:
        UsageError: a name, a key or a value is wrong.
        DataUnavailable: the dataset can neither be found nor downloaded.
    """
    from ganzoo.registry.boundary import Boundary

    entry = registry().find(Dataset, dataset)
    data: Data = Boundary(entry).once(_made(entry, settings).load)
    return data


def fields_of(dataset: str, settings: Mapping[str, Any] | None = None) -> Mapping[str, Field]:
    """Describe a dataset's samples without loading it: ``ganzoo.fields_of("mnist")["image"]``.

    Args:
        dataset: its name; see `datasets`.
        settings: values by qualified or bare key, such as ``{"root": "pictures"}``.

    Raises:
        UsageError: a name, a key or a value is wrong.
        GanzooError: the dataset does not describe them.
    """
    from ganzoo.training import fields

    entry = registry().find(Dataset, dataset)
    return fields.fields_of(_made(entry, settings), entry)


def _made(entry: Entry, settings: Mapping[str, Any] | None) -> Any:
    """Make a dataset's object."""
    from ganzoo.registry.boundary import Boundary
    from ganzoo.registry.settings import make, overrides_of, resolve, settings_of

    cls = entry.resolve()
    values = resolve(settings_of("dataset", cls), overrides_of(settings))
    return Boundary(entry).once(make, "dataset", cls, values)
