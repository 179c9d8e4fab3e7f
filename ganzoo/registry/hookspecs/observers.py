"""The hook ``ganzoo_observers``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Observer


@hookspec
def ganzoo_observers() -> Iterable[Observer]:
    r'''Adds observers, which receive a run's events. Users choose one with ``--observer NAME``.

    ganzoo calls ``watch`` with `Started` when a run starts or resumes. ``watch`` returns a function
    that receives each `Step` and finally `Ended`. The dataclass holds settings, and this function
    holds the state of the run. If an observer raises an error, it receives no more events and
    training continues. ::

        # ganzoo_bell/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_observers():
            yield ganzoo.Observer(
                name="bell",
                summary="Rings the terminal's bell at the end of long runs.",
                factory="ganzoo_bell.observer:Bell",
            )

    ::

        # ganzoo_bell/observer.py
        """Rings the terminal's bell, so that you can look away during long runs."""

        import sys
        import time
        from dataclasses import dataclass

        import ganzoo


        @dataclass(frozen=True)
        class Bell:
            """Rings at the end of a run that took long enough."""

            seconds: float = 60
            """Shorter runs end silently."""

            def watch(self, started):
                begun = time.monotonic()

                def hear(event):
                    was_long = time.monotonic() - begun > self.seconds
                    if isinstance(event, ganzoo.Ended) and was_long:
                        sys.stderr.write("\a")

                return hear
    '''
    raise NotImplementedError
