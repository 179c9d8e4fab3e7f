"""The plots of a report: planes with axes, and axes of whole numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conftest import Forks
from page_parser import Page

from ganzoo.engine.frames import frame_steps
from ganzoo.reporting import interactive
from ganzoo.reporting.charts import charts
from ganzoo.runs.folder import Run


def test_points_have_axes_a_legend_and_the_discriminators_surface(
    forked: Forks, trained: Path
) -> None:
    forked("report", "trained").ok()
    page = Page(trained / "report.html")
    assert "Samples generated real" in page.words
    assert "D(x), probability of being real" in page.words
    assert {"data-track": "0-back"}.items() <= page.all("img")[0].items()
    labels = [attrs["style"] for attrs in page.all("span") if "tick" in str(attrs.get("class"))
              and "style" in attrs]  # fmt: skip
    assert len(labels) >= 10
    assert "left: 50.0%" in labels
    moments = json.loads(re.search(r'{"labels": .*?}(?=</script>)', (
        trained / "report.html").read_text())[0])  # type: ignore[index]  # fmt: skip
    assert moments["labels"] == [f"step {step}" for step in frame_steps(40)]
    assert {len(track) for track in moments["tracks"].values()} == {len(moments["labels"])}


def test_a_critic_without_a_sigmoid_shows_its_score(forked: Forks, trained: Path) -> None:
    metrics = trained / "metrics.csv"
    metrics.write_text(metrics.read_text().replace("D(", "score("))  # as its moves log it
    forked("report", "trained").ok()
    words = Page(trained / "report.html").words
    assert "critic’s score" in words
    assert "probability of being real" not in words


def test_counts_have_axes_of_whole_numbers(trained: Path) -> None:
    (modes,) = (chart for chart in charts(Run(trained)) if chart.title == "Modes found")
    low, high = modes.counts
    assert low < 0
    assert high > modes.level == 8
    assert json.dumps(interactive.item(modes)).count('"min_interval": 1') == 2  # and the steps
    others = [chart for chart in charts(Run(trained)) if chart.title == "Diversity"]
    assert not any(chart.whole for chart in others)
    assert json.dumps(interactive.item(others[0])).count('"min_interval": 1') == 1
