"""Batches: full, scaled, in an order that follows from the seed."""

import os
import signal
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch

import ganzoo
from ganzoo.engine import feed as of_feed
from ganzoo.engine.feed import Feed
from ganzoo.engine.random import derive

CPU = torch.device("cpu")
N = 23


@dataclass(frozen=True)
class Numbers:
    """Streams the numbers, with a random companion; one index is broken."""

    broken: int = -1
    asked: ClassVar[list[tuple[int, int]]] = []

    def __len__(self):
        return N

    def item(self, index, rng):
        if index == self.broken:
            raise ganzoo.BrokenFile(f"item {index} is broken")
        self.asked.append((os.getpid(), index))
        ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        return {
            "x": np.float32([index]),
            "noise": np.float32(rng.random()),
            "pid": np.array(os.getpid()),
            "ignored": np.array(ignored),
        }


def stored():
    x = np.arange(N, dtype=np.float32)[:, None]
    return ganzoo.Data({"x": ganzoo.Field((1,))}, arrays={"x": x})


def streamed(broken=-1):
    fields = {"x": ganzoo.Field((1,)), "noise": ganzoo.Field(())}
    fields |= {name: ganzoo.Field((), dtype="int64") for name in ("pid", "ignored")}
    return ganzoo.Data(fields, source=Numbers(broken))


def numbers(feed, batches):
    return [next(feed)["x"].flatten().int().tolist() for _ in range(batches)]


@pytest.mark.parametrize("data", [stored(), streamed()])
def test_an_epoch_has_full_batches_without_repetition_and_reshuffles(data):
    feed = Feed(data, 5, seed=1, device=CPU)
    assert feed.per_epoch == 4
    first, second = numbers(feed, 4), numbers(feed, 4)
    for epoch in (first, second):
        flat = [i for batch in epoch for i in batch]
        assert len(flat) == 20
        assert len(set(flat)) == 20
    assert first != second
    assert first != sorted(first)


@pytest.mark.parametrize("data", [stored(), streamed()])
def test_what_is_held_out_is_never_in_a_batch(data):
    feed = Feed(data, 5, seed=1, device=CPU, held_out=3)
    assert feed.per_epoch == 4
    drawn = {i for batch in numbers(feed, 40) for i in batch}
    apart = set(feed.held_out()["x"].flatten().int().tolist())
    assert len(apart) == 3
    assert not apart & drawn
    assert apart | drawn == set(range(N))
    assert set(feed.trained_on(4)["x"].flatten().int().tolist()) <= drawn
    others = Feed(data, 5, seed=2, device=CPU, held_out=3).held_out()["x"]
    assert set(others.flatten().int().tolist()) != apart


@pytest.mark.parametrize("data", [stored, streamed])
def test_nothing_held_out(data):
    feed = Feed(data(), N, seed=1, device=CPU)
    assert feed.held_out()["x"].shape == (0, 1)
    assert feed.trained_on(4)["x"].shape == (4, 1)


def test_a_batch_comes_before_what_is_held_out():
    assert Feed(stored(), N, seed=1, device=CPU, held_out=3).per_epoch == 1


@pytest.mark.parametrize("workers", [0, 2])
def test_stored_and_streamed_come_in_the_same_order(workers):
    kept = numbers(Feed(stored(), 5, seed=3, device=CPU), 9)
    assert numbers(Feed(streamed(), 5, seed=3, device=CPU, workers=workers), 9) == kept


def test_another_seed_is_another_order():
    one, two = (numbers(Feed(stored(), 5, seed=s, device=CPU), 4) for s in (0, 1))
    assert one != two


@pytest.mark.parametrize("data", [stored(), streamed()])
@pytest.mark.parametrize("drawn", [0, 3, 4, 7])
def test_seek_goes_on_exactly(data, drawn):
    feed = Feed(data, 5, seed=1, device=CPU)
    whole = [next(feed) for _ in range(10)]
    feed.seek(drawn)
    for expected in whole[drawn:]:
        batch = next(feed)
        assert all(torch.equal(batch[k], v) for k, v in expected.items())


def test_bytes_are_scaled_to_the_field_s_range_and_labels_are_integers():
    images = np.array([0, 255, 51], np.uint8).reshape(3, 1, 1, 1)
    data = ganzoo.Data(
        {
            "image": ganzoo.Field((1, 1, 1), range=(-1.0, 1.0)),
            "label": ganzoo.Field((), dtype="int64", classes=256),
        },
        arrays={"image": images, "label": images.reshape(3)},
    )
    batch = next(Feed(data, 3, seed=0, device=CPU))
    assert batch["image"].dtype == torch.float32
    assert batch["label"].dtype == torch.int64
    expected = batch["label"].float().reshape(3, 1, 1, 1) / 255 * 2 - 1
    assert torch.allclose(batch["image"], expected)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_while_streaming_keeps_its_message(workers):
    feed = Feed(streamed(broken=4), 5, seed=1, device=CPU, workers=workers)
    with pytest.raises(ganzoo.BrokenFile, match=r"^item 4 is broken$"):
        numbers(feed, 8)


def test_the_noise_of_a_sample_follows_from_the_seed_the_epoch_and_the_index():
    def noise(epoch, index):
        return np.float32(np.random.default_rng(derive(1, "item", epoch, index)).random())

    feed = Feed(streamed(), 5, seed=1, device=CPU, held_out=3)
    for epoch in range(2):
        for _ in range(feed.per_epoch):
            batch = next(feed)
            expected = [noise(epoch, i) for i in batch["x"].flatten().int().tolist()]
            assert batch["noise"].tolist() == expected
    apart = feed.held_out()
    expected = [noise(0, i) for i in apart["x"].flatten().int().tolist()]
    assert apart["noise"].tolist() == expected


def test_sources_are_given_plain_numbers():
    Numbers.asked.clear()
    feed = Feed(streamed(), 5, seed=1, device=CPU, held_out=3)
    next(feed)
    feed.held_out()
    assert len(Numbers.asked) == 5 + 3
    assert {type(index) for _, index in Numbers.asked} == {int}


def test_who_reads():
    """Ctrl-C in a terminal reaches all processes, and only the main one decides what it means."""
    batch = next(Feed(streamed(), 5, seed=1, device=CPU))
    assert set(batch["pid"].tolist()) == {os.getpid()}
    assert not batch["ignored"].any()
    batch = next(Feed(streamed(), 5, seed=1, device=CPU, workers=1))
    assert os.getpid() not in batch["pid"].tolist()
    assert batch["ignored"].all()


def test_reading_draws_nothing_from_torch_s_own_state():
    before = torch.get_rng_state()
    next(Feed(streamed(), 5, seed=1, device=CPU))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_batch_of_one():
    assert len(next(Feed(streamed(), 1, seed=1, device=CPU))["x"]) == 1


@pytest.mark.parametrize("data", [stored(), streamed()])
def test_batches_are_on_the_device(data):
    feed = Feed(data, 5, seed=1, device=torch.device("meta"), held_out=3)
    for batch in (next(feed), feed.held_out()):
        assert {tensor.device.type for tensor in batch.values()} == {"meta"}
    if data.arrays:
        assert feed._orders[""].batch(0)[1].device.type == "meta"  # where the samples are


@pytest.mark.parametrize(("bytes_free", "moves"), [(80, True), (79, False)])
def test_what_needs_half_of_a_gpu_s_memory_stays_outside(bytes_free, moves, monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (bytes_free, 1000))
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, device: device)
    cuda = torch.device("cuda")
    kept = of_feed._resident(np.zeros(10, np.float32), cuda)  # 40 bytes
    assert (kept == cuda) if moves else isinstance(kept, torch.Tensor)


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("DataLoader worker (pid(s) 7) exited unexpectedly", ganzoo.GanzooError, "--set workers=0"),
        ("another error", RuntimeError, "^another error$"),
    ],
)
def test_a_worker_that_has_ended_is_named(said, error, message):
    def ends():
        raise RuntimeError(said)
        yield

    feed = Feed(streamed(), 5, seed=1, device=CPU, workers=2)
    feed._stream = ends()
    with pytest.raises(error, match=message):
        next(feed)


def test_a_batch_larger_than_the_data_is_refused():
    with pytest.raises(ganzoo.UsageError, match="has 23 samples"):
        Feed(stored(), 24, seed=0, device=CPU)


@pytest.mark.parametrize(
    ("fields", "arrays", "message"),
    [
        ({"x": ganzoo.Field((2,))}, {"x": np.zeros((3, 1))}, "has shape"),
        ({"x": ganzoo.Field((1,))}, {"y": np.zeros((3, 1))}, "but arrays y"),
        (
            {"x": ganzoo.Field((1,)), "y": ganzoo.Field((1,))},
            {"x": np.zeros((3, 1)), "y": np.zeros((4, 1))},
            "different lengths",
        ),
        ({}, {}, "at least one field"),
    ],
)
def test_data_that_does_not_add_up_is_refused(fields, arrays, message):
    with pytest.raises(ganzoo.GanzooError, match=message):
        ganzoo.Data(fields, arrays=arrays)
