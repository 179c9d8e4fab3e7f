"""What the Python API returns shows itself in a line, and in a notebook as a table or a picture."""

import torch

import ganzoo

TINY = {"steps": 4, "batch_size": 16, "threads": 1, "log_every": 2}


def test_records_and_their_listings():
    models = ganzoo.models()
    (model,) = (model for model in models if model.name == "vanilla-mlp")
    assert repr(model) == f"<Model vanilla-mlp: {model.summary}>"
    assert len(repr(models).splitlines()) == len(models)
    for listed in (models, ganzoo.losses(), ganzoo.datasets(), ganzoo.metrics()):
        shown = listed._repr_html_()
        assert shown.count("<tr>") == len(listed) + 1
        assert all(record.name in shown for record in listed)
    assert "Generative Adversarial Nets (2014)" in models._repr_html_()


def test_a_listing_is_a_list_and_its_texts_are_no_markup():
    loss = ganzoo.Loss(name="sharp", summary="Takes <b> for a letter.", factory="a:B")
    listed = type(ganzoo.losses())([loss], lambda record: {"summary": record.summary})
    assert listed == [loss]
    assert "Takes &lt;b&gt; for a letter." in listed._repr_html_()


def test_a_run_its_steps_samples_and_scores():
    run = ganzoo.train("vanilla-mlp", dataset="ring", settings=TINY, out="run")
    assert repr(run) == "<Training vanilla-mlp on ring, step 0 of 4: run>"
    first, _, second, *_ = run
    assert repr(first) == "<Step 0 of 4>"
    assert repr(second).startswith("<Step 2 of 4: discriminator_loss 1.")
    assert repr(run) == "<Training vanilla-mlp on ring, step 4 of 4: run>"
    trained = ganzoo.load("run")
    assert repr(trained) == "<Trained vanilla-mlp on ring, step 4 of 4: run>"
    shown = trained._repr_html_()
    assert "vanilla-mlp on ring" in shown
    assert "data:image/png;base64,iVBORw0KGgo" in shown
    samples = trained.sample(9)
    assert repr(samples) == "<Samples: 9 of shape (2,)>"
    assert samples._repr_png_()[1:4] == b"PNG"
    scores = ganzoo.evaluate("run", ["modes"], n=500)
    assert repr(scores[0]).startswith("<Evaluation at step 4: modes.covered ")
    assert "\n" not in repr(scores)
    assert "modes.covered" in scores._repr_html_()


def test_samples_without_a_picture_show_their_shape():
    field = ganzoo.Field(shape=(3,))
    samples = ganzoo.Samples(torch.zeros(5, 3), field)
    assert repr(samples) == "<Samples: 5 of shape (3,)>"
    assert samples._repr_png_() is None


def test_data():
    assert repr(ganzoo.load_data("mnist-5k")) == ("<Data: 5,000 of image (1, 28, 28), label ()>")
