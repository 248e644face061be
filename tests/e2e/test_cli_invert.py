"""`invert`: own pictures to codes that other commands take; sentences for what can not be used."""

import json

import numpy as np
import pytest
from PIL import Image

from latentstudio.engine.images import to_pixels
from latentstudio.inversion import search
from latentstudio.inversion.pool import draw_pool
from latentstudio.session import inverting


@pytest.fixture(autouse=True)
def few_samples(monkeypatch):
    def few(generator, features, label=None):
        return draw_pool(generator, features, label, count=96)

    monkeypatch.setattr(inverting, "draw_pool", few)


@pytest.fixture
def photo(tmp_path, portraits):
    code = portraits.broadcast(portraits.map(portraits.sample_z([88])))
    path = tmp_path / "photos" / "one.png"
    path.parent.mkdir()
    Image.fromarray(to_pixels(portraits.synthesize(code))[0]).resize((320, 320)).save(path)
    return path


def test_a_folder_of_pictures_becomes_latents_that_render_takes(latentstudio, photo, tmp_path):
    (photo.parent / "two.jpg").write_bytes(b"not a picture")
    out = tmp_path / "found"
    status, printed, err = latentstudio(
        "invert", "portraits", photo.parent, "--output", out, "--steps", "6", "--honesty", "0"
    )
    assert status == 0
    assert "two.jpg isn't a picture" in err
    result = json.loads((out / "result.json").read_text())
    (one,) = result["pictures"]
    assert (one["picture"], result["space"], one["class"]) == ("one.png", "w+", None)
    assert one["psnr"] > 25
    assert 0 < one["error"] < 0.2
    assert 0 <= one["percentile"] <= 100
    assert one["seconds"].keys() == {"start", "code", "refine"}
    assert np.load(out / "latents.npy").shape == (1, 10, 128)
    assert printed.splitlines()[-1] == str(out / "index.html")
    assert "one.png" in (out / "index.html").read_text()
    assert not list(out.rglob("*.state"))
    again = tmp_path / "again"
    given = ("--latents", out / "latents.npy", "--space", "w+")
    assert latentstudio("render", "portraits", *given, "--output", again)[0] == 0
    drawn = np.asarray(Image.open(again / "0000.png")).astype(int)
    kept = np.asarray(Image.open(out / one["reconstruction"])).astype(int)
    assert np.abs(drawn - kept).max() <= 1
    walked = tmp_path / "walked"
    preset = "resources/presets/portraits.lpreset"
    status, _, err = latentstudio(
        "walk", "portraits", *given, "--preset", preset, "--direction", "0", "--steps", "3",
        "--output", walked,
    )  # fmt: skip
    assert (status, len(list(walked.glob("*.png")))) == (0, 3)
    middle = np.asarray(Image.open(next(walked.glob("0001-*.png")))).astype(int)
    assert np.abs(middle - kept).max() <= 1


def test_at_the_editable_end_one_code_is_enough(latentstudio, photo, tmp_path):
    out = tmp_path / "found"
    status, _, _ = latentstudio(
        "invert", "portraits", photo, "--output", out, "--steps", "2", "--honesty", "1"
    )
    assert status == 0
    assert np.load(out / "latents.npy").shape == (1, 128)
    assert json.loads((out / "result.json").read_text())["space"] == "w"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--honesty", "1.5"], "honesty goes from 0 to 1"),
        (["--crop", "1,2"], "a frame"),
        (["--crop", "10,10,9000"], "side of 9000"),
        (["--face", "1,2,3"], "a face"),
        (["--face", "1,1,1,1,1,1"], "lie on one another"),
        (["--crop", "9,9,9", "--face", "1,1,9,1,5,9"], "not both"),
        (["--start", "nowhere"], "invalid choice"),
        (["--option", "colour=3"], "isn't an option"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(latentstudio, photo, tmp_path, options, said):
    status, _, err = latentstudio(
        "invert", "portraits", photo, "--output", tmp_path / "o", *options
    )
    assert status == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_picture_that_is_none_and_an_empty_folder(latentstudio, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    status, _, err = latentstudio(
        "invert", "portraits", tmp_path / "a.png", "--output", tmp_path / "o"
    )
    assert (status, "isn't a picture" in err) == (2, True)
    (tmp_path / "empty").mkdir()
    status, _, err = latentstudio(
        "invert", "portraits", tmp_path / "empty", "--output", tmp_path / "o"
    )
    assert (status, "holds no pictures" in err) == (2, True)


def test_noise_without_tuning_is_one_sentence(latentstudio, photo, tmp_path):
    status, _, err = latentstudio(
        "invert", "portraits", photo, "--output", tmp_path / "found", "--noise"
    )
    assert status == 2
    assert "--noise says what --tune fits: give that, too." in err


def test_a_batch_that_was_cut_off_does_not_find_again_what_it_found(
    latentstudio, photo, tmp_path, monkeypatch
):
    Image.open(photo).rotate(9).save(photo.parent / "two.png")
    monkeypatch.setattr(search, "ITERATIONS", 0)
    real, begun = inverting.search, []

    def counted(*given, **named):
        begun.append(given[5])  # the state it goes on from
        if len(begun) == 2:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(inverting, "search", counted)
    out = tmp_path / "found"
    argv = ("invert", "portraits", photo.parent, "--output", out, "--steps", "2")
    assert latentstudio(*argv)[0] == 130
    assert [p.name for p in out.glob("*.state")] == ["0000-one.state"]
    first = np.asarray(Image.open(out / "0000-one.png"))
    assert latentstudio(*argv, "--resume")[0] == 0
    assert [state and state.stage for state in begun] == [None, None, "done", None]
    assert np.array_equal(np.asarray(Image.open(out / "0000-one.png")), first)
    assert np.load(out / "latents.npy").shape == (2, 10, 128)
    assert not list(out.glob("*.state"))
