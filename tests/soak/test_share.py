"""A small share of the long trials; see `tests.soak`."""

import pytest

from tests.soak import inputs, odd_reader

SOME = (
    "preset",
    "last work",
    "settings",
    "choices of plugins",
    "plugin manifest",
    "npz",
    "newest work",
    "project",
)


@pytest.mark.parametrize("reader", SOME)
def test_damaged_inputs_do_nothing_else(reader, tmp_path):
    figures, faults = inputs.trial(tmp_path, 60, [reader])
    assert faults == []
    assert figures["readers"][reader]["cases"] == 60
    assert figures["readers"][reader]["refused"] > 0 or reader not in ("preset", "npz", "project")


def test_the_watch_sees_what_it_is_for(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys, os, pathlib\nfrom tests.soak.watch import Watch\n"
        f"watch = Watch({str(tmp_path)!r}); sys.addaudithook(watch); watch.on = True\n"
        "os.system('true'); open('/etc/hostname').close()\n"
        "eval(compile('1', 'stranger', 'eval'))\nwatch.on = False\n"
        "print(len(watch.taken()))"
    )
    given = {"capture_output": True, "text": True, "check": True}
    found = subprocess.run([sys.executable, "-c", code], **given)
    assert found.stdout.strip() == "3"


def test_a_process_that_ends_costs_its_case_and_the_trial_goes_on(tmp_path):
    reader = odd_reader.nothing, odd_reader.ends_at_the_third, odd_reader.as_it_is
    found = inputs.one_reader("ends", tmp_path, 6, reader=reader)
    assert found["cases"] == 6
    assert found["faults"] == ["ends 2: the process ended: 7"]
    assert inputs.one_reader("ends", tmp_path, 6, reader=reader) == found  # from its folder
    assert len((tmp_path / "seen").read_text()) == 8  # nothing was done again
