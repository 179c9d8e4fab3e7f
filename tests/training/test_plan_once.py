"""A request is settled once, whichever way a run is made; other data in its place make one more."""

import types
from dataclasses import dataclass

import pytest

import ganzoo
from ganzoo.registry.records import Dataset
from ganzoo.registry.registry import CORE, Plugin, Registry, ask, installed
from ganzoo.registry.settings import Override
from ganzoo.training import building
from ganzoo.training import plan as planning
from ganzoo.training.plan import Request, asked_keys, fallback, plan

TINY = {
    "steps": 2, "batch_size": 8, "model.generator": (8,), "model.discriminator": (8,),
    "dataset.size": 320, "trainer.samples": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Gone:
    """Data that cannot be had."""

    mirror: str = "here"
    """Where from."""
    radius: float = 9.0
    """A setting that the other data have, too."""

    def fields(self):
        return {"point": ganzoo.Field((2,))}

    def load(self):
        raise ganzoo.DataUnavailable("gone: there is none")


@pytest.fixture(scope="module")
def zoo():
    def datasets():
        factory = f"{__name__}:Gone"
        yield Dataset(name="gone", summary="Nothing.", factory=factory, fallback="ring", size=800)
        yield Dataset(name="lost", summary="Nothing at all.", factory=factory)

    def models():
        model = "ganzoo.builtin.vanilla_mlp:VanillaMLP"
        yield ganzoo.Model(name="hopeful", summary="Tried.", factory=model, dataset="gone")
        yield ganzoo.Model(name="lonely", summary="Tried.", factory=model, dataset="lost")

    module = types.SimpleNamespace(
        ganzoo_datasets=ganzoo.hookimpl(datasets), ganzoo_models=ganzoo.hookimpl(models)
    )
    core = next(p for p in installed() if p.distribution == CORE)
    return Registry([core, ask(Plugin("mine", "mine"), module)])


@pytest.fixture
def settled(monkeypatch):
    """A list that has an entry for each time that a plan is settled."""
    times = []
    resolve = planning.resolve

    def counted(*args):
        times.append(1)
        return resolve(*args)

    monkeypatch.setattr(planning, "resolve", counted)
    return times


def test_training_resuming_loading_and_evaluating(settled):
    run = ganzoo.train("vanilla-mlp", dataset="ring", settings=TINY, out="run")
    assert len(settled) == 1
    list(run)
    list(ganzoo.train(resume="run", settings={"steps": 4}))
    assert len(settled) == 2
    ganzoo.load("run")
    assert len(settled) == 3
    ganzoo.evaluate("run", n=1_000)
    assert len(settled) == 4


def override(**values):
    return tuple(Override(key.replace("__", "."), value, "--set") for key, value in values.items())


def test_other_data_in_the_place_of_what_cannot_be_had(zoo, settled, caplog):
    overrides = override(mirror="there", dataset__radius=1.0, batch_size=8)
    asked = plan(zoo, Request(model="hopeful", overrides=overrides))
    built = building.build(zoo, asked.having("trainer.seed", 5, "the test"))
    assert len(settled) == 2
    assert "Continuing with ring instead" in caplog.text
    assert built.plan.entries["dataset"].record.name == "ring"
    assert built.plan.request.dataset == "ring"
    values = built.plan.values
    assert values["dataset.radius"].source == "default"  # it was asked for of the other data
    assert values["trainer.batch_size"].value == 8
    assert (values["trainer.seed"].value, values["trainer.seed"].source) == (5, "the test")


@pytest.mark.parametrize(("moves", "rounds"), [(1, 100), (4, 25)])
def test_other_data_train_for_as_many_steps(zoo, moves, rounds):
    overrides = override(epochs=3, batch_size=8, critic_moves=moves)
    built = building.build(zoo, plan(zoo, Request(model="hopeful", overrides=overrides)))
    assert built.trainer.total == 3 * rounds
    assert built.plan.values["trainer.epochs"].value is None
    assert "trainer.steps" in asked_keys(built.plan)


@pytest.mark.parametrize("request_", [Request(model="hopeful", dataset="gone"), Request("lonely")])
def test_data_asked_for_by_name_or_without_another_has_none_in_its_place(zoo, request_):
    settled = plan(zoo, request_)
    assert fallback(zoo, settled) is None
    with pytest.raises(ganzoo.DataUnavailable, match="there is none"):
        building.build(zoo, settled)


def test_a_plan_with_another_value_is_what_its_request_makes(zoo):
    asked = plan(zoo, Request(model="vanilla-mlp", dataset="ring", overrides=override(lr=0.5)))
    other = asked.having("trainer.lr", 0.25, "the test")
    assert other.values["trainer.lr"].value == 0.25
    assert plan(zoo, other.request).values == other.values
    assert asked.values["trainer.lr"].value == 0.5
