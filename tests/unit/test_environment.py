"""What libraries read from the environment when they are loaded is set by then."""

import os
import subprocess
import sys

import pytest

ASK = """
import {module}, os, sys
print(os.environ["OMP_WAIT_POLICY"], os.environ["THP_MEM_ALLOC_ENABLE"], "torch" in sys.modules)
"""


@pytest.mark.parametrize("module", ["latentstudio", "latentstudio.core.errors"])
@pytest.mark.parametrize(
    ("given", "seen"),
    [({}, "PASSIVE 1 False"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE 1 False")],
)
def test_threads_sleep_and_pages_are_large_unless_told_otherwise(module, given, seen):
    ours = ("OMP_WAIT_POLICY", "THP_MEM_ALLOC_ENABLE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    argv = [sys.executable, "-c", ASK.format(module=module)]
    done = subprocess.run(argv, env=kept | given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == seen
