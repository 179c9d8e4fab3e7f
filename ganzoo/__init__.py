"""ganzoo: a zoo of generative adversarial networks to learn from, teach with and extend.

>>> import ganzoo
>>> for step in ganzoo.train("vanilla-mlp", dataset="ring", settings={"steps": 500}):
...     if step.metrics:
...         print(step.step, step.metrics)
>>> ganzoo.load("runs/...").sample(64)  # doctest: +SKIP

Importing this module loads neither torch nor numpy. Each name is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ganzoo.engine.openmp import wait_briefly

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ganzoo.api import compare as compare
    from ganzoo.api import diagnose as diagnose
    from ganzoo.api import evaluate as evaluate
    from ganzoo.api import fields_of as fields_of
    from ganzoo.api import load as load
    from ganzoo.api import load_data as load_data
    from ganzoo.api import report as report
    from ganzoo.api import train as train
    from ganzoo.data.checksums import checksums as checksums
    from ganzoo.data.downloaded import Downloaded as Downloaded
    from ganzoo.data.downloaded import IdxImages as IdxImages
    from ganzoo.data.downloads import check_sum as check_sum
    from ganzoo.data.downloads import fetch as fetch
    from ganzoo.data.places import data_folder as data_folder
    from ganzoo.data.places import offline as offline
    from ganzoo.diagnosis import Finding as Finding
    from ganzoo.engine.data import Data as Data
    from ganzoo.engine.data import Modes as Modes
    from ganzoo.engine.data import Source as Source
    from ganzoo.engine.data import read_source as read_source
    from ganzoo.engine.events import Ended as Ended
    from ganzoo.engine.events import Event as Event
    from ganzoo.engine.events import Started as Started
    from ganzoo.engine.events import Step as Step
    from ganzoo.engine.game import Batch as Batch
    from ganzoo.engine.game import Game as Game
    from ganzoo.engine.game import Move as Move
    from ganzoo.engine.game import Scalars as Scalars
    from ganzoo.engine.game import View as View
    from ganzoo.engine.game import first as first
    from ganzoo.engine.progress import cosine as cosine
    from ganzoo.engine.progress import linear as linear
    from ganzoo.engine.random import Draw as Draw
    from ganzoo.engine.two_player import Critic as Critic
    from ganzoo.engine.two_player import Objective as Objective
    from ganzoo.engine.two_player import Seen as Seen
    from ganzoo.engine.two_player import Terms as Terms
    from ganzoo.engine.two_player import TwoPlayer as TwoPlayer
    from ganzoo.errors import BrokenFile as BrokenFile
    from ganzoo.errors import DataUnavailable as DataUnavailable
    from ganzoo.errors import Diverged as Diverged
    from ganzoo.errors import DoesNotFit as DoesNotFit
    from ganzoo.errors import GanzooError as GanzooError
    from ganzoo.errors import NotInstalled as NotInstalled
    from ganzoo.errors import PluginFailed as PluginFailed
    from ganzoo.errors import UsageError as UsageError
    from ganzoo.files import write_whole as write_whole
    from ganzoo.pictures.samples import Samples as Samples
    from ganzoo.registry.catalogue import augmentations as augmentations
    from ganzoo.registry.catalogue import commands as commands
    from ganzoo.registry.catalogue import datasets as datasets
    from ganzoo.registry.catalogue import losses as losses
    from ganzoo.registry.catalogue import metrics as metrics
    from ganzoo.registry.catalogue import models as models
    from ganzoo.registry.catalogue import observers as observers
    from ganzoo.registry.catalogue import penalties as penalties
    from ganzoo.registry.catalogue import sections as sections
    from ganzoo.registry.hookspecs import hookimpl as hookimpl
    from ganzoo.registry.records import Augmentation as Augmentation
    from ganzoo.registry.records import Command as Command
    from ganzoo.registry.records import Dataset as Dataset
    from ganzoo.registry.records import Field as Field
    from ganzoo.registry.records import Loss as Loss
    from ganzoo.registry.records import Metric as Metric
    from ganzoo.registry.records import Model as Model
    from ganzoo.registry.records import Observer as Observer
    from ganzoo.registry.records import Paper as Paper
    from ganzoo.registry.records import Penalty as Penalty
    from ganzoo.registry.records import Preset as Preset
    from ganzoo.registry.records import Score as Score
    from ganzoo.registry.records import Section as Section
    from ganzoo.registry.registry import register as register
    from ganzoo.reporting.pieces import LineChart as LineChart
    from ganzoo.reporting.pieces import Picture as Picture
    from ganzoo.reporting.pieces import Piece as Piece
    from ganzoo.reporting.pieces import Table as Table
    from ganzoo.reporting.recorded import Recorded as Recorded
    from ganzoo.runs.evaluations import Evaluation as Evaluation
    from ganzoo.training.run import Training as Training
    from ganzoo.training.trained import Trained as Trained

wait_briefly()  # PyTorch's threads read it when PyTorch is loaded

_HOME = {
    "api": (
        "compare",
        "diagnose",
        "evaluate",
        "fields_of",
        "load",
        "load_data",
        "report",
        "train",
    ),
    "diagnosis": ("Finding",),
    "data.checksums": ("checksums",),
    "data.downloaded": ("Downloaded", "IdxImages"),
    "data.downloads": ("check_sum", "fetch"),
    "engine.data": ("Data", "Modes", "Source", "read_source"),
    "engine.events": ("Ended", "Event", "Started", "Step"),
    "engine.game": ("Batch", "Game", "Move", "Scalars", "View", "first"),
    "engine.progress": ("cosine", "linear"),
    "engine.random": ("Draw",),
    "engine.two_player": ("Critic", "Objective", "Seen", "Terms", "TwoPlayer"),
    "errors": (
        "BrokenFile",
        "DataUnavailable",
        "Diverged",
        "DoesNotFit",
        "GanzooError",
        "NotInstalled",
        "PluginFailed",
        "UsageError",
    ),
    "files": ("write_whole",),
    "registry.catalogue": (
        "augmentations",
        "commands",
        "datasets",
        "losses",
        "metrics",
        "models",
        "observers",
        "penalties",
        "sections",
    ),
    "registry.hookspecs": ("hookimpl",),
    "data.places": ("data_folder", "offline"),
    "registry.records": (
        "Augmentation",
        "Command",
        "Dataset",
        "Field",
        "Loss",
        "Metric",
        "Model",
        "Observer",
        "Paper",
        "Penalty",
        "Preset",
        "Score",
        "Section",
    ),
    "registry.registry": ("register",),
    "reporting.pieces": ("LineChart", "Picture", "Piece", "Table"),
    "reporting.recorded": ("Recorded",),
    "runs.evaluations": ("Evaluation",),
    "pictures.samples": ("Samples",),
    "training.trained": ("Trained",),
    "training.run": ("Training",),
}
_MODULE_OF = {name: f"ganzoo.{module}" for module, names in _HOME.items() for name in names}

__all__ = ["__version__", *sorted(_MODULE_OF)]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
