"""What is built from a clone is all that it takes: the wheel, and the extra ``zoo``."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from ganzoo.errors import EXTRAS

ROOT = Path(__file__).parent.parent
ZOO = {path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")}


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built, in a folder whose name must be escaped in an address."""
    folder = tmp_path_factory.mktemp("clone") / "my ganzoo"
    folder.mkdir()
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    made = shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "*.png", "tests")
    for name in ("ganzoo", "plugins"):
        shutil.copytree(ROOT / name, folder / name, ignore=made)
    return folder


def called(clone: Path, *words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=clone, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def content(wheel: Path, ending: str) -> str:
    """The file in a wheel whose name ends so."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(ending))
        return files.read(name).decode()


def needed(metadata: str) -> list[str]:
    """What the extra requires."""
    asked = r"^Requires-Dist: (.*?) ?; extra == [\"']zoo[\"']$"
    return re.findall(asked, metadata.partition("\n\n")[0], re.MULTILINE)


def test_the_zoo_is_every_plugin_that_has_a_folder() -> None:
    assert {module.replace("_", "-") for module in EXTRAS["zoo"]} == ZOO


HOOK = """
import sys
sys.path.insert(0, "plugins")
import build_backend
_, hook, *words = sys.argv
print("\\n" + getattr(build_backend, hook)(*words))
"""


def hook(clone: Path, name: str, *words: str | Path) -> str:
    """Call a hook as pip does, in a process of its own; gives the name of what it has made."""
    return called(clone, "-c", HOOK, name, *words).splitlines()[-1]


@pytest.mark.parametrize("prepared", [True, False], ids=["metadata first", "wheel alone"])
def test_the_extra_brings_each_plugin_in_editable_form(
    clone: Path, tmp_path: Path, prepared: bool
) -> None:
    more: list[str | Path] = []
    if prepared:
        more = ["", tmp_path / hook(clone, "prepare_metadata_for_build_editable", tmp_path)]
    core = tmp_path / hook(clone, "build_editable", tmp_path, *more)
    assert content(core, ".pth").strip() == str(clone), "before a folder that is called ganzoo, too"
    metadata = content(core, "/METADATA")
    assert "Provides-Extra: zoo\n" in metadata
    assert "\n\n# ganzoo\n" in metadata, "the readme is still there"
    pages, *others = needed(metadata)
    assert pages == "ganzoo-core[pages]"
    assert {text.partition(" @ ")[0] for text in others} == ZOO
    for text in others:
        name, _, address = text.partition(" @ ")
        assert " " not in address
        wheel = clone / "build" / "zoo" / address.rpartition("/")[2]
        assert address == wheel.as_uri()
        (package,) = (clone / "plugins" / name).glob("ganzoo_*/")
        assert repr(str(package)) in content(wheel, "_finder.py"), "it leads to the clone"
        project = tomllib.loads((clone / "plugins" / name / "pyproject.toml").read_text("utf-8"))
        for plugin, module in project["project"]["entry-points"]["ganzoo"].items():
            assert f"{plugin} = {module}" in content(wheel, "entry_points.txt")


@pytest.mark.slow
def test_what_is_built_for_an_index_names_no_file(clone: Path, tmp_path: Path) -> None:
    """An index refuses addresses of files; the wheel is built from the sdist, without a clone."""
    called(clone, "-m", "build", "--no-isolation", "--outdir", tmp_path)
    called(clone, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path / "direct")
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as files:
        (name,) = (n for n in files.getnames() if n.count("/") == 1 and n.endswith("/PKG-INFO"))
        file = files.extractfile(name)
        assert file
        found = [file.read().decode()]
    found += [content(wheel, "/METADATA") for wheel in tmp_path.rglob("*.whl")]
    assert len(found) == 3
    for metadata in found:
        assert "Requires-Dist: torch" in metadata
        assert "file:" not in metadata.partition("\n\n")[0]
        assert "Provides-Extra: zoo" not in metadata


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
