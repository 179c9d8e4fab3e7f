"""Settings outside their range are refused, before anything is built."""

import ganzoo


def at_least(least: float, group: str, **settings: float) -> None:
    """Each of the settings of ``group`` must be ``least`` or more."""
    for name, value in settings.items():
        if not value >= least:  # this way round, "not a number" is refused too
            raise ganzoo.UsageError(f"{group}.{name} is {value}; expected {least} or more")
