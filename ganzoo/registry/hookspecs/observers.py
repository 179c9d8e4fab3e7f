"""The hook ``ganzoo_observers``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Observer


@hookspec
def ganzoo_observers() -> Iterable[Observer]:
    r'''Listeners to a training run, chosen with ``--observer NAME``.

    ``watch`` is called with `Started` when training begins, and whenever it goes on; what it
    returns hears each `Step` and, at last, `Ended`. So the dataclass holds settings, and what
    ``watch`` returns holds the run's state. One that raises is told of nothing more; the run goes
    on. ::

        # ganzoo_bell/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_observers():
            yield ganzoo.Observer(
                name="bell",
                summary="Rings at the end of long runs.",
                factory="ganzoo_bell.observer:Bell",
            )

    ::

        # ganzoo_bell/observer.py
        """Rings the terminal's bell, so that one may look away from long runs."""

        import sys
        import time
        from dataclasses import dataclass

        import ganzoo


        @dataclass(frozen=True)
        class Bell:
            """At the end of a run that took long enough."""

            seconds: float = 60
            """Shorter runs end in silence."""

            def watch(self, started):
                begun = time.monotonic()

                def hear(event):
                    was_long = time.monotonic() - begun > self.seconds
                    if isinstance(event, ganzoo.Ended) and was_long:
                        sys.stderr.write("\a")

                return hear
    '''
    raise NotImplementedError
