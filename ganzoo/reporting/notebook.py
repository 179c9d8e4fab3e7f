"""A comparison as a notebook shows it: the last samples side by side, and the table."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment

from ganzoo.reporting.columns import Compared
from ganzoo.reporting.grids import grids
from ganzoo.reporting.rows import differences, outcomes

TEMPLATE = """
<div style="overflow-x: auto; max-width: 100%">
{% if shown %}
<div style="display: flex; flex-wrap: wrap; gap: 12px">
{% for track in shown.tracks %}
<figure style="margin: 0; width: 180px">
<div style="position: relative; border: 3px solid {{ track.colour }}; background: #fff">
{% if track.under %}<img src="{{ track.under }}" alt="" style="position: absolute; inset: 0;
 width: 100%; opacity: .6">{% endif %}
<img src="{{ track.picture }}" alt="{{ track.title }}" style="position: relative; width: 100%;
 display: block; margin: 0; {{ '' if track.smooth else 'image-rendering: pixelated' }}">
</div>
<figcaption style="overflow-wrap: anywhere">{{ track.title }}, {{ label }}</figcaption>
</figure>
{% endfor %}
</div>
{% endif %}
<table>
<thead><tr><th></th>{% for c in compared %}<th style="border-top: 4px solid {{ c.colour }};
 text-align: left">{{ c.name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr><th style="text-align: left; font-weight: normal">{{ row.name }}</th>
{%- for value, mark in row.marked %}<td style="text-align: left">
{%- if mark == "best" %}<b>{{ value }}</b>{% else %}{{ value }}{% endif %}
{%- if mark %} <small>{{ mark }}</small>{% endif %}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
</div>
"""


def fragment(compared: Sequence[Compared]) -> str:
    """HTML without a page around it and without scripts."""
    shown = grids(compared, most=1)
    template = Environment(autoescape=True, trim_blocks=True).from_string(TEMPLATE)
    return template.render(
        compared=compared,
        shown=shown,
        label=shown.labels[shown.at] if shown else "",
        rows=[*differences(compared), *outcomes(compared)],
    )
