"""Fields in domains: each has its own size and its own order, which the seed determines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import ganzoo
from ganzoo.engine.feed import Feed
from ganzoo.engine.random import derive

CPU = torch.device("cpu")
A, B = 23, 9
FIELDS = {
    "a": ganzoo.Field((1,), domain="a"),
    "b": ganzoo.Field((1,), domain="b"),
    "twice": ganzoo.Field((1,), domain="b"),
}


@dataclass(frozen=True)
class Numbers:
    """Streams 0, 1, ... under some names, with a random companion that no field has."""

    size: int
    names: Mapping[str, int]
    """Name -> factor of the numbers."""

    def __len__(self) -> int:
        return self.size

    def item(self, index: int, rng: np.random.Generator) -> dict[str, Any]:
        return {name: np.float32([factor * index]) for name, factor in self.names.items()}


SOURCES = {"b": Numbers(B, {"b": 1, "twice": 2}), "a": Numbers(A, {"a": 1, "b": -5})}


def numbers(n: int, factor: int = 1) -> np.ndarray:
    return factor * np.arange(n, dtype=np.float32)[:, None]


def stored() -> ganzoo.Data:
    arrays = {"a": numbers(A), "b": numbers(B), "twice": numbers(B, 2)}
    return ganzoo.Data(FIELDS, arrays)


def streamed() -> ganzoo.Data:
    return ganzoo.Data(FIELDS, source=SOURCES)


BOTH = pytest.mark.parametrize("data", [stored(), streamed()], ids=["stored", "streamed"])


def rows(batch: Mapping[str, Tensor], name: str) -> list[int]:
    return batch[name].flatten().int().tolist()


def drawn(feed: Feed, batches: int) -> dict[str, list[int]]:
    """All rows of so many batches, by field."""
    found: dict[str, list[int]] = {name: [] for name in FIELDS}
    for _ in range(batches):
        batch = next(feed)
        for name in FIELDS:
            found[name] += rows(batch, name)
    return found


@BOTH
def test_each_domain_has_the_order_that_its_name_and_the_seed_determine(data: ganzoo.Data) -> None:
    feed, expected = Feed(data, 4, seed=3, device=CPU), {}
    for name, size in (("a", A), ("b", B)):
        orders = []
        for each in range(5):
            generator = torch.Generator().manual_seed(derive(3, "order", each, name))
            order = torch.randperm(size, generator=generator).tolist()
            orders += order[: size // 4 * 4]
        expected[name] = orders
    seen = drawn(feed, 10)
    assert seen["a"] == expected["a"][:40]
    assert seen["b"] == expected["b"][:40]
    assert seen["twice"] == [2 * i for i in seen["b"]], "rows of one domain belong together"


@BOTH
def test_an_epoch_is_a_pass_over_the_largest_domain(data: ganzoo.Data) -> None:
    feed = Feed(data, 4, seed=3, device=CPU)
    assert feed.per_epoch == A // 4
    seen = drawn(feed, feed.per_epoch)
    assert len(set(seen["a"])) == len(seen["a"]) == 20
    assert len(set(seen["b"][:8])) == len(set(seen["b"][8:16])) == 8, "without repetition"
    assert seen["b"][:8] != seen["b"][8:16], "in another order"


@BOTH
def test_the_domains_do_not_run_in_step(data: ganzoo.Data) -> None:
    same = ganzoo.Data({k: FIELDS[k] for k in "ab"}, {"a": numbers(12), "b": numbers(12)})
    seen = drawn_pairs(Feed(same, 4, seed=3, device=CPU), 3)
    assert any(a != b for a, b in seen)


def drawn_pairs(feed: Feed, batches: int) -> list[tuple[int, int]]:
    pairs = []
    for _ in range(batches):
        batch = next(feed)
        pairs += list(zip(rows(batch, "a"), rows(batch, "b"), strict=True))
    return pairs


@pytest.mark.parametrize("workers", [0, 2])
def test_a_source_gives_what_memory_gives(workers: int) -> None:
    assert drawn(Feed(streamed(), 4, 5, CPU, workers), 9) == drawn(Feed(stored(), 4, 5, CPU), 9)


@BOTH
@pytest.mark.parametrize("start", [0, 1, 3, 7, 11])
def test_one_number_says_where_all_domains_are(data: ganzoo.Data, start: int) -> None:
    feed = Feed(data, 4, seed=1, device=CPU, held_out=2)
    whole = [next(feed) for _ in range(14)]
    again = Feed(data, 4, seed=1, device=CPU, held_out=2)
    again.seek(start)
    for expected in whole[start:]:
        batch = next(again)
        assert all(torch.equal(batch[name], expected[name]) for name in FIELDS)


@BOTH
def test_samples_of_each_domain_are_held_out(data: ganzoo.Data) -> None:
    feed = Feed(data, 3, seed=1, device=CPU, held_out=2)
    apart = feed.held_out()
    seen = drawn(feed, 40)
    for name, size in (("a", A), ("b", B)):
        assert len(apart[name]) == 2
        assert set(seen[name]).isdisjoint(rows(apart, name))
        assert set(seen[name]) | set(rows(apart, name)) == set(range(size))
    assert rows(apart, "twice") == [2 * i for i in rows(apart, "b")]
    known = feed.trained_on(99)
    assert {len(known[name]) for name in FIELDS} == {B - 2}
    assert set(rows(known, "b")) == set(seen["b"])


def test_a_batch_comes_before_what_is_held_out_in_the_smallest_domain() -> None:
    feed = Feed(stored(), 8, seed=1, device=CPU, held_out=5)
    assert len(feed.held_out()["a"]) == len(feed.held_out()["b"]) == 1


def test_a_domain_without_a_name_comes_as_data_without_domains() -> None:
    plain = ganzoo.Data({"x": ganzoo.Field((1,))}, {"x": numbers(A)})
    fields = {"b": FIELDS["b"], "x": ganzoo.Field((1,))}
    more = ganzoo.Data(fields, {"b": numbers(B), "x": numbers(A)})
    alone, both = Feed(plain, 4, 2, CPU), Feed(more, 4, 2, CPU)
    assert [rows(next(alone), "x") for _ in range(9)] == [rows(next(both), "x") for _ in range(9)]


def test_random_items_differ_between_domains() -> None:
    class Noise(Numbers):
        def item(self, index: int, rng: np.random.Generator) -> dict[str, Any]:
            return {name: np.float32([rng.random()]) for name in self.names}

    source = {"a": Noise(8, {"a": 1}), "b": Noise(8, {"b": 1})}
    data = ganzoo.Data({k: FIELDS[k] for k in "ab"}, source=source)
    feed = Feed(data, 8, seed=1, device=CPU)
    batch = next(feed)
    assert set(batch["a"].flatten().tolist()).isdisjoint(batch["b"].flatten().tolist())
    feed.seek(0)
    assert torch.equal(next(feed)["b"], batch["b"])


@BOTH
def test_the_size_of_data_is_that_of_its_first_field(data: ganzoo.Data) -> None:
    assert (len(data), len(data.led_by("b"))) == (A, B)
    assert data.sizes == {"a": A, "b": B}
    assert data.domains == {"a": ("a",), "b": ("b", "twice")}
    assert data.led_by("b").some(3).flatten().tolist() == [0, 3, 6]
    assert data.some(3, "twice").flatten().tolist() == [0, 6, 12]
    assert data.some(99).flatten().tolist() == list(range(A))
    assert repr(data) == "<Data: 23 of a (1,), 9 of b (1,), twice (1,)>"


@BOTH
def test_a_batch_larger_than_a_domain_is_refused(data: ganzoo.Data) -> None:
    with pytest.raises(
        ganzoo.UsageError, match=r"9 samples in the domain 'b'; try --batch-size 4$"
    ):
        Feed(data, 10, seed=0, device=CPU)


def pair(**given: Any) -> ganzoo.Data:
    return ganzoo.Data({k: FIELDS[k] for k in "ab"}, **given)


ONE = {"x": ganzoo.Field((1,)), "y": ganzoo.Field((1,))}


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: ganzoo.Data(ONE, {"x": numbers(3), "y": numbers(4)}),
            "arrays of different lengths (x: 3, y: 4). If their samples form no pairs, give each "
            "field a domain of its own, such as Field(..., domain='y')",
        ),
        (
            lambda: ganzoo.Data(FIELDS, {"a": numbers(3), "b": numbers(4), "twice": numbers(5)}),
            "arrays of different lengths (b: 4, twice: 5) in the domain 'b'.",
        ),
        (
            lambda: ganzoo.Data(
                ONE,
                {"x": numbers(3), "y": numbers(3)},
                held_out={"x": numbers(2), "y": numbers(1)},
            ),
            "held-out arrays of different lengths (x: 2, y: 1).",
        ),
        (
            lambda: pair(source=SOURCES["a"]),
            "has the domains 'a', 'b', but one source. Give each domain a source",
        ),
        (
            lambda: pair(source={"a": SOURCES["a"], "c": SOURCES["b"]}),
            "has the domains 'a', 'b', but sources for 'a', 'c'.",
        ),
    ],
)
def test_data_that_does_not_fit_its_domains_is_refused(make: Any, told: str) -> None:
    with pytest.raises(ganzoo.GanzooError) as refused:
        make()
    assert told in str(refused.value)


def test_a_source_s_samples_can_be_held_out_with_their_targets() -> None:
    test = Numbers(5, {"x": 1, "y": 10})
    held_out = ganzoo.read_source(test)
    data = ganzoo.Data(ONE, source=Numbers(9, {"x": 1, "y": 10}), held_out=held_out)
    assert data.held_out["y"].flatten().tolist() == [0, 10, 20, 30, 40]
    assert ganzoo.read_source(test, [4, 1])["x"].flatten().tolist() == [4, 1]
    assert ganzoo.read_source(test, []) == {}


def test_domains_may_hold_out_different_numbers() -> None:
    held_out = {"a": numbers(2), "b": numbers(5)}
    assert pair(arrays={"a": numbers(9), "b": numbers(8)}, held_out=held_out).held_out == held_out


def test_bytes_of_labels_with_names_are_not_scaled() -> None:
    field = ganzoo.Field((2,), range=(0.0, 1.0), names=("hat", "young"))
    other = ganzoo.Field((2,), range=(0.0, 1.0))
    bytes_ = np.array([[0, 1], [1, 1]], np.uint8)
    data = ganzoo.Data({"label": field, "x": other}, {"label": bytes_, "x": bytes_})
    batch = next(Feed(data, 2, seed=0, device=CPU))
    assert sorted(batch["label"].tolist()) == [[0, 1], [1, 1]]
    assert data.some(2).tolist() == [[0, 1], [1, 1]]
    assert batch["x"].max() == pytest.approx(1 / 255)
    assert data.some(2, "x").max() == pytest.approx(1 / 255)


def partners(**held_out: np.ndarray) -> ganzoo.Data:
    fields = {k: ganzoo.Field((1,), domain=k, partners=True) for k in "ab"}
    return ganzoo.Data(fields, {"a": numbers(9), "b": numbers(8)}, held_out=held_out)


@pytest.mark.parametrize(
    ("has_partners", "target"),
    [({"a", "b"}, "b"), ({"a"}, None), (set(), None)],
)
def test_held_out_partners_are_targets(has_partners: set[str], target: str | None) -> None:
    view = ganzoo.View("a-to-b", lambda n, draw, given: given["a"], needs=("a",), makes="b")
    fields = {k: ganzoo.Field((1,), domain=k, partners=k in has_partners) for k in "ab"}
    assert view.target(fields) == target


def test_partners_are_as_many_in_each_domain() -> None:
    assert len(partners(a=numbers(2), b=numbers(2)).held_out) == 2
    with pytest.raises(ganzoo.GanzooError, match=r"different lengths \(a: 2, b: 3\), but their"):
        partners(a=numbers(2), b=numbers(3))
