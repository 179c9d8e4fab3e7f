"""The first warnings of each file are shown and the others counted, again in each block."""

from __future__ import annotations

import warnings

from ganzoo.cli.warned import few_warnings


def warn(place: str, *lines: int) -> None:
    for line in lines:
        warnings.warn_explicit(f"w{line}\n  in two lines", UserWarning, place, line)


def test_few_of_each_file_are_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = warnings.showwarning
        said: list[tuple[str, str]] = []
        for _ in range(2):
            said.clear()
            with few_warnings(lambda *line: said.append(line)):
                warn("/far/a.py", 1, 2, 3, 4, 5)
                warn("/far/b.py", 7, 7, 7, 7)
                warn("/far/c.py", 1, 2, 3)
            assert said == [
                (text, "yellow")
                for text in (
                    *(f"a.py:{n}: UserWarning: w{n} in two lines" for n in (1, 2, 3)),
                    *("b.py:7: UserWarning: w7 in two lines",) * 3,
                    *(f"c.py:{n}: UserWarning: w{n} in two lines" for n in (1, 2, 3)),
                    "a.py: 2 more warnings",
                    "b.py: 1 more warning",
                )
            ]
            assert warnings.showwarning is before
