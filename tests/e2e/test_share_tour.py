"""Steps 8 to 10 of the tour, done in the real program by keys, mouse and drags of other programs.

See `tests.e2e.sitting` for what is done. With SITTING=FOLDER in the environment the photographs of
every step stay there.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from latentstudio.core import paths
from tests.e2e.sitting import LAYERS, PICTURE, PRESET, PROJECT, digest
from tests.e2e.test_window_xvfb import desktop  # noqa: F401
from tests.toys import relatives


@pytest.fixture
def sit(desktop, tmp_path, warm_cache):  # noqa: F811
    """Runs a part of the sitting in a home; its report, and how the process ended."""

    def run(part, home):
        if not home.exists():
            shutil.copytree(warm_cache, home / paths.cache_dir().name)
        argv = [sys.executable, "-m", "tests.e2e.program", f"sitting.{part}", str(tmp_path)]
        variables = desktop | {"LATENTSTUDIO_HOME": str(home)}
        done = subprocess.run(
            argv, env=variables, capture_output=True, text=True, timeout=400, check=False
        )
        report = json.loads((tmp_path / "report.json").read_text())
        assert "failed" not in report, report["failed"]
        assert not done.stderr, done.stderr
        return report, done.returncode

    yield run
    album = os.environ.get("SITTING")
    if album:
        Path(album).mkdir(parents=True, exist_ok=True)
        for photograph in tmp_path.glob("*.png"):
            shutil.copy(photograph, album)


@pytest.mark.timeout(900)
def test_steps_8_to_10(sit, tmp_path):
    here = tmp_path / "here"
    made, ended = sit("sit_down", here)
    assert ended == -9  # killed, in the middle of work
    assert made["parents"] == [[1], [2, 1], [3, 1]]  # the third branches off the first
    assert made["tile"].startswith("take Hair colour")
    assert made["project"].startswith(f"{PROJECT}[*]")
    with Image.open(tmp_path / PICTURE) as picture:
        assert digest(np.asarray(picture)) == made["picture"]
    layers = PSDImage.open(tmp_path / LAYERS)
    assert [layer.name for layer in layers] == made["layers"]
    merged = np.asarray(layers.composite().convert("RGB"), np.int16)
    with Image.open(tmp_path / PICTURE) as picture:
        assert np.abs(merged - np.asarray(picture, np.int16)).max() <= 2

    again, ended = sit("go_on", here)
    assert ended == 0
    assert again["shown"] == again["reopened"] == made["unsaved"]
    assert again["steps"] == made["steps"]
    assert again["modified"]
    assert any(text.startswith("Recovered your work from") for _, text in again["notices"])

    shutil.copy(made["preset"], tmp_path / f"{PRESET}.lpreset")  # by mail
    relatives.alike(tmp_path / "alike.safetensors")
    relatives.narrow(tmp_path / "other.safetensors")
    there, ended = sit("move_in", tmp_path / "there")
    assert ended == 0
    assert there["dropped"] == there["worn"] == made["picture"] != there["before"]
    assert there["carried_out"] == digest_of_file(tmp_path / f"{PRESET}.lpreset")
    assert there["batch"][0] == made["picture"]  # the look on the same seed
    assert len(set(there["batch"])) == 2
    assert there["alike"] == ["These directions were made for another model. Try them anyway?"]
    assert there["tried"] == "Round and warm (made for another model)"
    (refused,) = there["other"]
    assert "128" in refused
    assert "64" in refused


def digest_of_file(path):
    return digest(np.frombuffer(path.read_bytes(), np.uint8))
