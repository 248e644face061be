"""Arguments: what is read, and one sentence for what can't be."""

import subprocess
import sys

import pytest

from latentstudio.cli import texts
from latentstudio.cli.main import main, parser
from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Space

RENDER = ["render", "portraits", "--output", "out"]


def parsed(*more):
    return parser().parse_args([*RENDER, *more])


def complaint(*argv):
    with pytest.raises(OptionError) as caught:
        parser().parse_args(argv)
    said = caught.value.sentence()
    assert said.count("\n") == 0
    return said


def test_what_is_read():
    found = parsed("--seeds", "0-2,42", "--classes", "3,7", "--noise", "12", "--truncation", "−0.5",
                   "--space", "W+", "--amounts", "0=1.4,3=-2", "--walk", "geodesic")  # fmt: skip
    assert found.seeds == [0, 1, 2, 42]
    assert found.classes == [3, 7]
    assert found.noise == 12
    assert found.truncation == -0.5
    assert found.space is Space.WPLUS
    assert found.amounts == {0: 1.4, 3: -2.0}
    assert found.walk == "geodesic"


@pytest.mark.parametrize("text", ["-3", "-1.5", "-.5", "-1e-3", "-2.E+1", "−3"])
def test_numbers_below_zero_may_follow_an_option(text):
    argv = [
        "walk",
        "portraits",
        "--preset",
        "p",
        "--direction",
        "0",
        "--seeds",
        "0",
        "--output",
        "o",
    ]
    assert parser().parse_args([*argv, "--from", text]).low == float(text.replace("−", "-"))


def test_defaults():
    found = parsed()
    assert (found.noise, found.truncation, found.format) == ("const", 1.0, "png")
    assert (found.walk, found.device, found.classes, found.seeds) == (
        "straight",
        "auto",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--seeds", "one", "is not a list of seeds"),
        ("--seeds", "5-2", "a range of seeds"),
        ("--seeds", "4294967296", "a range of seeds"),
        ("--seeds", "0-100000", "more than 100,000"),
        ("--classes", "cat", "a list of classes"),
        ("--classes", "1,-2", "a list of classes"),
        ("--truncation", "much", "'much' isn't a number"),
        ("--truncation", "nan", "isn't a number"),
        ("--truncation", "inf", "isn't a number"),
        ("--truncation", "5", "goes from -1 to 2"),
        ("--truncation", "-1.01", "goes from -1 to 2"),
        ("--amounts", "0=1e300", "'1e300' is too far: amounts go up to 1,000,000"),
        ("--noise", "loud", "neither const, none nor a seed"),
        ("--noise", "4294967296", "neither const"),
        ("--space", "x", "choose z, w or w+"),
        ("--format", "gif", "invalid choice: 'gif'"),
        ("--walk", "fly", "invalid choice: 'fly'"),
        ("--amounts", "1.4", "a list of amounts"),
        ("--amounts", "0=1,0=2", "a list of amounts"),
        ("--amounts", "-1=2", "expected one argument"),
        ("--amounts", "0=far", "isn't a number"),
    ],
)
def test_wrong_values_are_named(option, value, words):
    said = complaint(*RENDER, option, value)
    assert words in said
    assert said.startswith(option)
    assert said.endswith("See latentstudio render --help.")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["paint"], "invalid choice: 'paint'"),
        (["render", "portraits"], "required: --output"),
        (["render"], "required: MODEL"),
        (["render", "a", "b", "--output", "c"], "Unrecognized arguments: b."),
        ([*RENDER, "--seed", "1"], "Unrecognized arguments: --seed 1."),
        (["presets"], "required: ACTION"),
        (["walk", "m", "--preset", "p", "--direction", "-1", "--seeds", "0", "--output", "o"],
         "--direction: '-1' is not a whole number"),
        (["walk", "m", "--preset", "p", "--direction", "0", "--seeds", "0", "--output", "o",
          "--steps", "0"], "--steps: '0' is not a whole number from 1 to 1000"),
        (["discover", "m", "--method", "sefa", "--output", "o", "--seed", "x"],
         "not a whole number"),
    ],
)  # fmt: skip
def test_wrong_command_lines_are_named(argv, words):
    assert words in complaint(*argv)


def test_an_argument_error_is_one_line_and_status_2(capsys):
    assert main([*RENDER, "--seeds", "x"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("latentstudio: --seeds: 'x' is not a list of seeds.")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("argv", [["--help"], ["render", "--help"], ["presets", "info", "-h"]])
def test_help_is_no_error(argv, capsys):
    assert main(argv) == 0
    assert capsys.readouterr().out.startswith("usage: latentstudio")


def test_no_arguments_print_the_help(capsys):
    assert main([]) == 0
    assert "render" in capsys.readouterr().out


def test_whole_numbers_and_numbers():
    assert texts.whole("7", 1, 7) == 7
    assert texts.number("−1.5") == -1.5
    with pytest.raises(OptionError, match="from 1 to 7"):
        texts.whole("8", 1, 7)


@pytest.mark.parametrize("argv", [["--help"], ["render", "--help"], ["render", "m", "--seeds", "x"],
                                  ["presets", "info", "missing.lpreset"]])  # fmt: skip
def test_help_and_wrong_arguments_load_no_torch(argv):
    code = (
        "import sys; from latentstudio.cli.main import main; main(sys.argv[1:]); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, check=False)
    assert done.returncode == 0


def test_blends_are_read_as_masks_have_them():
    assert [texts.blend(one) for one in ("pixels", "features", "features:b16.conv1")] == [
        "",
        "auto",
        "b16.conv1",
    ]
    for wrong in ("", "pixels:b16", "paint", "features:\n", "features:" + 300 * "x"):
        with pytest.raises(OptionError, match="by pixels, features"):
            texts.blend(wrong)
