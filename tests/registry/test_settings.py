"""Settings: keys, types and who wins."""

from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Annotated, Literal, NewType

import pydantic
import pytest
from annotated_types import Ge, Gt, Interval, Lt, MinLen, MultipleOf

from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.settings import Override, Value, make, resolve, settings_of


@dataclass(frozen=True)
class Base:
    inherited: int = 1
    """From the base."""


@dataclass(frozen=True)
class Config(Base):
    whole: int = 3
    """A number.

    Said at length."""
    real: float = 1.0
    flag: bool = False
    text: str = "x"
    maybe: int | None = None
    pair: tuple[float, float] = (0.9, 0.999)
    many: tuple[str, ...] = ()
    choice: Literal["a", "b"] = "a"
    number: Literal[0, 1, 3] = 0
    folder: Path = Path()

    def __post_init__(self) -> None:
        if self.whole < 0:
            raise ValueError("whole must not be negative")


SETTINGS = settings_of("g", Config)


def read(key, value):
    return resolve(SETTINGS, [Override(key, value, "--set")])[f"g.{key}"].value


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("whole", "5", 5),
        ("whole", 5, 5),
        ("real", "1e-4", 1e-4),
        ("real", 1, 1.0),
        ("flag", "true", True),
        ("flag", False, False),
        ("text", "5", "5"),
        ("text", "/a b/c", "/a b/c"),
        ("maybe", "none", None),
        ("maybe", "7", 7),
        ("pair", "0.5,0.9", (0.5, 0.9)),
        ("pair", "[0.5, 0.9]", (0.5, 0.9)),
        ("pair", [0.5, 1], (0.5, 1.0)),
        ("many", "http://a,http://b", ("http://a", "http://b")),
        ("many", "http://a", ("http://a",)),
        ("choice", "b", "b"),
        ("number", "3", 3),
        ("folder", "/x", Path("/x")),
    ],
)
def test_values_become_the_setting_s_type(key, value, expected):
    result = read(key, value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("whole", "true"),
        ("whole", True),
        ("whole", "5.5"),
        ("whole", "five"),
        ("real", "nan"),
        ("real", float("inf")),
        ("flag", 1),
        ("flag", "maybe"),
        ("text", 5),
        ("pair", "0.5"),
        ("pair", "1,2,3"),
        ("choice", "c"),
        ("number", "2"),
    ],
)
def test_values_of_another_type_are_refused(key, value):
    with pytest.raises(UsageError, match=rf"--set: g\.{key} is .*expected"):
        read(key, value)


def test_meanings_are_the_docstrings_under_the_fields():
    meanings = {s.name: s.meaning for s in SETTINGS}
    assert meanings["whole"] == "A number. Said at length."
    assert meanings["inherited"] == "From the base."
    assert meanings["text"] == ""


def test_the_first_override_wins_and_is_named():
    values = resolve(SETTINGS, [Override("whole", 1, "--set"), Override("g.whole", 2, "model m")])
    assert values["g.whole"] == Value(1, "--set")
    assert values["g.text"] == Value("x", "default")


def test_a_bare_key_serves_where_it_is_unique():
    both = SETTINGS + settings_of("h", Base)
    with pytest.raises(UsageError, match=r"g\.inherited or h\.inherited"):
        resolve(both, [Override("inherited", 1, "--set")])
    assert resolve(both, [Override("whole", 1, "--set")])["g.whole"].value == 1


def test_an_unknown_key_names_the_close_ones():
    with pytest.raises(UsageError, match="did you mean --set whole=1"):
        resolve(SETTINGS, [Override("whol", 1, "--set")])


def test_make_builds_the_dataclass_and_passes_its_checks_on():
    assert make("g", Config, resolve(SETTINGS, [])) == Config()
    with pytest.raises(UsageError, match="g: whole must not be negative"):
        make("g", Config, resolve(SETTINGS, [Override("whole", -1, "--set")]))


def test_a_setting_without_default_must_be_set():
    @dataclass(frozen=True)
    class Needs:
        root: str

    settings = settings_of("d", Needs)
    with pytest.raises(UsageError, match=r"d\.root must be set"):
        make("d", Needs, resolve(settings, []))
    assert make("d", Needs, resolve(settings, [Override("root", "x", "--set")])).root == "x"


def test_a_factory_must_be_a_dataclass():
    with pytest.raises(GanzooError, match="dataclass"):
        settings_of("g", int)


@pytest.mark.parametrize("bad", [float("inf"), {"a": 1}, object()])
def test_a_default_that_run_json_cannot_hold_is_refused_before_training(bad):
    cls = make_dataclass("Odd", [("odd", type(bad), field(default_factory=lambda: bad))])
    with pytest.raises(GanzooError, match=r"g\.odd"):
        resolve(settings_of("g", cls), [])


def test_a_type_that_is_not_there_at_run_time_is_told():
    @dataclass(frozen=True)
    class Late:
        x: "NotImported" = 1  # noqa: F821

    with pytest.raises(GanzooError, match=r"Late.*NotImported"):
        settings_of("g", Late)


Units = NewType("Units", Annotated[int, Ge(1)])


def _even(number):
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


@dataclass(frozen=True)
class Bounded:
    positive: Annotated[float, Gt(0)] = 1.0
    """A size."""
    share: Annotated[float, Interval(ge=0, lt=1)] = 0.5
    many: Annotated[int, Interval(ge=10, le=5_000), MultipleOf(10)] = 10
    widths: tuple[Annotated[int, Ge(1)], ...] = (1,)
    betas: tuple[Annotated[float, Lt(1)], Annotated[float, Lt(1)]] = (0.0, 0.0)
    length: Annotated[int, Ge(1)] | None = None
    renamed: Units = Units(1)
    field_of_pydantic: Annotated[int, pydantic.Field(ge=1, le=3)] = 1
    filled: Annotated[tuple[int, ...], MinLen(1)] = (1,)
    even: Annotated[int, pydantic.AfterValidator(_even)] = 2


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("positive", "float, more than 0"),
        ("share", "float, at least 0 and less than 1"),
        ("many", "int, at least 10 and at most 5,000 and a multiple of 10"),
        ("widths", "tuple[int, ...], each at least 1"),
        ("betas", "tuple[float, float], each less than 1"),
        ("length", "int | None, at least 1"),
        ("renamed", "int, at least 1"),
        ("field_of_pydantic", "int, at least 1 and at most 3"),
        ("filled", "tuple[int, ...], at least 1 long"),
        ("even", "int"),
    ],
)
def test_the_type_says_its_bounds(key, said):
    assert {s.name: s.type_name for s in settings_of("g", Bounded)}[key] == said


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("positive", "0", "more than 0. A size."),
        ("positive", 0, "more than 0. A size."),
        ("positive", "inf", "float, more than 0. A size."),
        ("positive", "big", "float, more than 0. A size."),
        ("share", 1.0, "at least 0 and less than 1"),
        ("many", "15", "at least 10 and at most 5,000 and a multiple of 10"),
        ("widths", "3,0", "each to be at least 1"),
        ("widths", (3, 0), "each to be at least 1"),
        ("betas", [0.5, 1], "each to be less than 1"),
        ("length", "0", "at least 1"),
        ("renamed", "0", "at least 1"),
        ("field_of_pydantic", "4", "at least 1 and at most 3"),
        ("filled", "[]", "at least 1 long"),
        ("even", "3", "Value error, 3 is odd"),
        ("length", "half", "int | None, at least 1"),
    ],
)
def test_a_value_out_of_bounds_is_refused(key, value, expected):
    with pytest.raises(UsageError) as caught:
        resolve(settings_of("g", Bounded), [Override(key, value, "--set")])
    of_its_type = "float" not in expected and "int" not in expected
    shown = value if of_its_type else repr(value)
    assert str(caught.value) == f"--set: g.{key} is {shown}; expected {expected}"


def test_a_default_that_fails_is_told():
    cls = make_dataclass("Odd", [("odd", int, field(default_factory=lambda: 1 // 0))])
    with pytest.raises(GanzooError, match=r"g\.odd: its default_factory failed \(ZeroDivision"):
        settings_of("g", cls)


def test_a_default_out_of_bounds_is_refused():
    cls = make_dataclass("Odd", [("odd", Annotated[int, Ge(1)], 0)])
    with pytest.raises(GanzooError, match=r"g\.odd has the default 0.*int, at least 1"):
        resolve(settings_of("g", cls), [])
