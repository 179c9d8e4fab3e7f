"""A run's record as a configuration: it is read as `RunRecord` reads it."""

import json
import shutil
from pathlib import Path

import pytest

import ganzoo
from ganzoo.runs.record import RunRecord
from ganzoo.training.config import read_config
from ganzoo.training.plan import Request

RECORD = Path(__file__).parents[1] / "runs_of_earlier_versions" / "format-2" / "run.json"


def changed(**values):
    """A run's record with other values."""
    path = Path("run.json")
    path.write_text(json.dumps(json.loads(RECORD.read_text()) | values))
    return path


def test_it_asks_for_what_the_run_was_made_with():
    path = shutil.copy(RECORD, "mine.json")
    record = RunRecord.read(RECORD)
    request = read_config(Path(path), Request())
    assert (request.model, request.loss, request.dataset) == (
        record.model, record.loss, record.dataset,
    )  # fmt: skip
    assert request.penalty == "none"
    assert request.metrics == ("modes",)
    assert record.metrics == ("ganzoo-core/modes",)
    assert {override.key: override.value for override in request.overrides} == dict(record.settings)
    sources = {override.key: override.source for override in request.overrides}
    assert sources["trainer.seed"] == "default in mine.json"
    assert {key for key, source in sources.items() if source == "mine.json"} == {*record.asked}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"format": 99}, "has format 99"),
        ({"fields": {}}, r"damaged \(fields is {}\)"),
        ({"settings": [1]}, r"damaged \(settings is \[1\]\)"),
        ({"metrics": [1]}, r"damaged \(metrics.0 is 1\)"),
        ({"model": 5}, r"damaged \(model is 5\)"),
    ],
)
def test_a_damaged_record_is_refused_as_wherever_it_is_read(values, told):
    path = changed(**values)
    with pytest.raises(ganzoo.BrokenFile, match=told):
        RunRecord.read(path)
    with pytest.raises(ganzoo.BrokenFile, match=told):
        read_config(path, Request())
