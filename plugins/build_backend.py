"""setuptools, with the extra ``zoo`` where ganzoo-core is installed from a clone.

``pip install -e '.[zoo]'`` brings every plugin that has a folder here, in editable form: a change
in its code shows at once. No index has the plugins, so the extra names files. Such an address is
true on this machine alone, and an index refuses it. That is why editable installations have this
extra, and wheels and sdists do not.

pip never installs a requirement in editable form. But a requirement may be a wheel, and what
setuptools builds for an editable installation is a wheel. So the plugins are built first.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 -- the hooks that stay as they are

PLUGINS = Path(__file__).resolve().parent
WHEELS = PLUGINS.parent / "build" / "zoo"
BUILD = "import sys; from setuptools.build_meta import build_editable; build_editable(sys.argv[1])"


def prepare_metadata_for_build_editable(metadata_directory, config_settings=None):
    """What setuptools writes, and the extra."""
    name = build_meta.prepare_metadata_for_build_editable(metadata_directory, config_settings)
    file = Path(metadata_directory, name, "METADATA")
    head, blank, readme = file.read_text(encoding="utf-8").partition("\n\n")
    extra = ["Provides-Extra: zoo"]
    for requirement in ("ganzoo-core[pages]", *_plugins()):
        extra.append(f"Requires-Dist: {requirement} ; extra == 'zoo'")
    text = "\n".join([head, *extra]) + blank + readme
    file.write_text(text, encoding="utf-8", newline="\n")
    return name


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """What setuptools builds, with that metadata in it."""
    with TemporaryDirectory() as folder:
        if metadata_directory is None:
            prepare_metadata_for_build_editable(folder, config_settings)
        else:
            folder = str(Path(metadata_directory).parent)  # setuptools looks for it in a folder
        return build_meta.build_editable(wheel_directory, config_settings, folder)


def _plugins():
    """Build each plugin for an editable installation: ``name @ address of the wheel``."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    for project in sorted(PLUGINS.glob("*/pyproject.toml")):
        with TemporaryDirectory(dir=WHEELS) as folder:  # another installation may read the last one
            subprocess.run([sys.executable, "-c", BUILD, folder], cwd=project.parent, check=True)
            (built,) = Path(folder).glob("*.whl")
            wheel = built.replace(WHEELS / built.name)
        yield f"{project.parent.name} @ {wheel.as_uri()}"
