"""The wheel, installed into a fresh environment away from the checkout, is all that it takes."""

from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_wheel_lists_trains_and_samples_in_a_fresh_environment(fresh, tmp_path):
    package = Path(fresh("python", "-c", "import ganzoo; print(ganzoo.__file__)").strip()).parent
    assert "site-packages" in package.parts
    assert (package / "py.typed").is_file()
    extra = ("bokeh", "matplotlib", "rich_pixels", "uniplot")  # jinja2 comes with torch
    code = f"import importlib.util as u; print(*filter(u.find_spec, {extra}))"
    assert fresh("python", "-c", code).strip() == "", "the core alone has none of the extra"
    listed = fresh("ganzoo", "list")
    assert "vanilla-mlp" in listed
    assert "mnist-5k" in listed
    options = ["--dataset", "mnist-5k", "--epochs", "1", "--out", "run"]
    assert fresh("ganzoo", "train", "vanilla-mlp", *options) == "run\n"
    assert Path(tmp_path, fresh("ganzoo", "sample", "run").strip()).is_file()
