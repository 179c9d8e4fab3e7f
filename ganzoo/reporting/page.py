"""Renders a page: one HTML file that contains everything that it needs.

The templates escape all text. The page's security policy also forbids the network and all scripts
but its own two, which it identifies by checksums. So no text from a plugin can run as code.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ganzoo import __version__
from ganzoo.prose.markup import readable
from ganzoo.reporting import interactive

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill a template with values."""
    scripts = {"bokeh": interactive.script(), "own": _own("script.js")}
    sources = {
        "default-src": "'none'",
        "script-src": " ".join(_allowed(text) for text in scripts.values()),
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "font-src": "data:",
    }
    policy = "; ".join(f"{kind} {allowed}" for kind, allowed in sources.items())
    page = _environment().get_template(template)
    return page.render(
        **values, scripts=scripts, style=_own("style.css"), policy=policy, version=__version__
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}  # keeps bokeh's order
    environment.filters["sentence"] = _sentence
    environment.filters["readable"] = readable
    environment.filters["item"] = interactive.item
    return environment


def _sentence(text: str, end: str = ".") -> str:
    """A clause as a sentence, with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else end)


def _own(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _allowed(script: str) -> str:
    total = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{total}'"
