"""Options, seeds, files and settings: the answers, and the sentences."""

import contextlib
import errno
import json
from dataclasses import dataclass

import pytest

from latentstudio.core import files, options, paths, settings
from latentstudio.core.errors import FileError, OptionError, ResourceError
from latentstudio.core.options import option
from latentstudio.core.progress import Step, inside, part, run
from latentstudio.core.seeds import parse_seeds


@dataclass(frozen=True)
class Cooking:
    minutes: int = option(10, "Minutes", "How long.", low=1, high=60, unit="min")
    heat: float = option(0.5, "Heat", "How hot.", low=0.0)
    lid: bool = option(True, "Lid", "Whether to cover it.")
    pot: str = option("iron", "Pot", "Which pot.", choices=("iron", "clay"))


def test_options_are_read_from_texts_over_the_defaults():
    made = options.parse(Cooking, ["minutes=20", "lid=no", "pot = clay"], heat=0.25, minutes=None)
    assert made == Cooking(20, 0.25, False, "clay")
    assert options.as_record(made)["pot"] == "clay"
    assert [info.label for info in options.describe(Cooking)] == ["Minutes", "Heat", "Lid", "Pot"]


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("minutes=0", "It goes from 1 to 60"),
        ("minutes=soon", "a whole number"),
        ("heat=nan", "heat can't be nan"),
        ("heat=-1", "It starts at 0"),
        ("lid=maybe", "yes or no"),
        ("pot=gold", "iron, clay"),
        ("salt=1", "It knows: minutes, heat, lid, pot"),
        ("minutes", "minutes has no value. Write it as minutes="),
        ("salt", "It knows: minutes"),
    ],
)
def test_wrong_options_get_a_sentence(pair, says):
    with pytest.raises(OptionError, match=says):
        options.parse(Cooking, [pair])


def test_seeds_as_people_write_them():
    assert parse_seeds("0-3, 42,7-7") == [0, 1, 2, 3, 42, 7]
    assert parse_seeds(str(2**32 - 1)) == [2**32 - 1]


@pytest.mark.parametrize("text", ["", "a", "3-", "-3", "5-2", str(2**32), "0-100000", "1.5", "²"])
def test_wrong_seeds_get_a_sentence(text):
    with pytest.raises(OptionError):
        parse_seeds(text)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    files.write_bytes(target, b"old")

    def interrupted():
        with files.atomic_path(target) as temporary:
            temporary.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_said_and_the_old_file_is_untouched(tmp_path):
    target = tmp_path / "a.txt"
    files.write_bytes(target, b"old")
    with (
        pytest.raises(ResourceError, match=r"disk is full.*old file is untouched"),
        files.atomic_path(target),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="Choose another folder"):
        files.write_bytes(tmp_path / "file" / "a.txt", b"")


def test_written_files_can_be_read_by_others_as_usual(tmp_path):
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.write_bytes(b"")
    files.write_bytes(ours, b"")
    assert ours.stat().st_mode == plain.stat().st_mode


def test_settings_round_trip_and_unknown_keys_are_kept_out():
    chosen = settings.Settings(theme="light", recent_models=("a.pkl", "b.pkl"))
    settings.save(chosen)
    assert settings.load() == (chosen, "")
    data = json.loads(settings.settings_path().read_text())
    settings.settings_path().write_text(json.dumps({**data, "from_the_future": 1}))
    assert settings.load() == (chosen, "")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"theme": "pink"}', b"[1]"])
def test_damaged_settings_are_moved_aside_and_said_once(content):
    path = settings.settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found, said = settings.load()
    assert found == settings.Settings()
    assert "moved to settings.json.broken-1" in said
    assert path.with_name("settings.json.broken-1").read_bytes() == content
    assert settings.load() == (settings.Settings(), "")


def test_everything_lives_in_one_folder_when_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path))
    assert paths.config_dir().parent == paths.cache_dir().parent == tmp_path
    assert (paths.resources_dir() / "generators" / "portraits.safetensors").is_file()


def test_a_part_of_a_job_takes_its_share_of_the_fraction():
    def job():
        yield Step(0.0)
        yield Step(0.5, "half", 7)
        return "done"

    def whole():
        result = yield from part(job(), 0.2, 0.6)
        return result

    steps = list(whole())
    assert [round(s.fraction, 6) for s in steps] == [0.2, 0.4]
    assert (steps[1].message, steps[1].preview) == ("half", 7)
    assert run(whole()) == "done"


def test_each_step_of_a_job_runs_inside_a_context_that_is_left_before_it_is_given():
    entered, ended = [], []

    @contextlib.contextmanager
    def around():
        entered.append(True)
        yield
        entered.pop()

    def job():
        try:
            for number in range(3):
                assert entered == [True]
                yield Step(number / 3)
        finally:
            ended.append(True)
        return "done"

    running = inside(job(), around)
    for step in (0.0, 1 / 3):
        assert next(running).fraction == step
        assert entered == []
    running.close()
    assert ended == [True]
    assert run(inside(job(), around)) == "done"
