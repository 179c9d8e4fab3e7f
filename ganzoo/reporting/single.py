"""One run's page."""

from __future__ import annotations

from ganzoo.prose.visible import visible
from ganzoo.registry.registry import Registry
from ganzoo.reporting import facts
from ganzoo.reporting.charts import charts, numbers
from ganzoo.reporting.inside import inside
from ganzoo.reporting.page import render
from ganzoo.reporting.players import last_grid, learning
from ganzoo.reporting.scores import scores, text
from ganzoo.reporting.sections import Sections
from ganzoo.runs.folder import Run
from ganzoo.runs.problems import problems


def page(run: Run, zoo: Registry, sections: Sections) -> str:
    """The page as HTML."""
    record = run.record
    probability = "D(x)" in numbers(run.metrics)
    further = [learning(run, probability=probability, view=view) for view in record.further]
    status, _ = run.status()
    made_of = facts.parts(record, zoo)
    rows = facts.facts(run, record)
    return render(
        "report.html",
        name=run.folder.resolve().name,
        record=record,
        status=status,
        ending=facts.ENDS.get(status, ""),
        error=run.error,
        problems=[visible(f"{problem}.") for problem in problems(run)],
        made=made_of,
        papers=facts.papers(made_of),
        facts=rows,
        headline=facts.headline(rows),
        diagnosis=facts.diagnosis(run),
        scores=scores(run, zoo),
        text=text,
        charts=charts(run),
        learning=learning(run, probability=probability),
        further=[player for player in further if player],
        last_grid=last_grid(run),
        inside=inside(run, zoo),
        sections=sections.of([(run, None)]),
        settings=facts.setting_rows(record, zoo),
    )
