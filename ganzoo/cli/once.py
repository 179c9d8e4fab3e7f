"""Options that take one value are given once. Otherwise, the last one would win silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer


def check_once(command: Any, context: Any, args: Sequence[str]) -> None:
    """Check the arguments of a command before they are used.

    Raises:
        typer.BadParameter: An option with one value is there twice.
    """
    parser = command.make_parser(context)
    parser.ignore_unknown_options = True  # they are refused later
    _, _, order = parser.parse_args(list(args))
    for each in order:
        several = each.multiple or each.is_flag if each.param_type_name == "option" else True
        if order.count(each) > 1 and not several:
            raise typer.BadParameter("it is given twice. Give only one", context, each)
