"""The command line on the built-in model: its results against golden files and each other."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from latentstudio.core.progress import run
from latentstudio.density import teaching
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.exchange.presets import read_preset
from latentstudio.render.renderer import Renderer
from latentstudio.session import opening
from latentstudio.session.models import open_model
from latentstudio.store.densities import reference

GOLDENS = Path(__file__).parents[1] / "golden" / "generators"
GOLDEN = np.load(GOLDENS / "portraits.npz")
CONDITIONAL = GOLDENS / "stylegan2-ada-conditional-32.pkl"
TOLERANCE = 1e-4 * max(1.0, float(GOLDEN["img"].std()))


def images(folder):
    found = np.load(folder / "images.npy", allow_pickle=False)
    assert found.dtype == np.float32
    return found


def close(found, wanted):
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= TOLERANCE


def test_inspect_says_what_is_promised(results):
    found = results("inspect", "portraits", "--json")
    promised = {"family": "stylegan2", "resolution": 64, "channels": 3, "classes": 0}
    assert promised.items() <= found.items()
    assert found["spaces"]["z"] == {"dim": 128, "layers": 1, "prior": "normalised"}
    assert found["spaces"]["w"] == {"dim": 128, "layers": 10, "prior": "mapped"}
    assert found["parameters"] == 962_287
    assert len(found["fingerprint"]) == 64
    assert "b4.conv1" in found["layers"]
    assert {"mapping", "truncation", "gradient"} <= set(found["abilities"])


def test_inspect_speaks_to_people_too(results):
    text = "\n".join(results("inspect", "portraits"))
    assert "64 × 64" in text
    assert "stylegan2" in text


def test_seeds_agree_with_the_golden_images(results, tmp_path):
    lines = results("render", "portraits", "--seeds", "0-3", "--format", "npy",
                    "--output", tmp_path)  # fmt: skip
    assert lines == [str(tmp_path / "images.npy")]
    close(images(tmp_path), GOLDEN["img"])


def test_truncation_agrees_with_the_golden_images(results, tmp_path):
    results("render", "portraits", "--seeds", "0-3", "--truncation", "0.5", "--format", "npy",
            "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), GOLDEN["img_psi05"])


def test_given_latents_agree_with_the_golden_images(results, tmp_path):
    np.save(tmp_path / "z.npy", GOLDEN["z"][[2, 0]])
    results("render", "portraits", "--latents", tmp_path / "z.npy", "--format", "npy",
            "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), GOLDEN["img"][[2, 0]])


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_pictures_hold_the_golden_images_in_8_bits(results, tmp_path, kind):
    lines = results("render", "portraits", "--seeds", "2,0", "--format", kind,
                    "--output", tmp_path / "new")  # fmt: skip
    names = [f"0000-seed2.{kind}", f"0001-seed0.{kind}"]
    assert lines == [str(tmp_path / "new" / name) for name in names]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == names
    for name, image in zip(names, GOLDEN["img"][[2, 0]], strict=True):
        with Image.open(tmp_path / "new" / name) as picture:
            found = np.asarray(picture).astype(float)
        wanted = np.clip((image + 1) * 127.5, 0, 255).transpose(1, 2, 0)
        assert np.abs(found - wanted).max() <= 1.0


def test_one_seed_is_one_picture_in_any_batch(results, tmp_path):
    results("render", "portraits", "--seeds", "0-20", "--format", "npy", "--output", tmp_path)
    many = images(tmp_path)
    results("render", "portraits", "--seeds", "20,3", "--format", "npy", "--output", tmp_path)
    close(images(tmp_path), many[[20, 3]])


def test_a_preset_has_the_promised_form(preset):
    with zipfile.ZipFile(preset) as archive:
        said = json.loads(archive.read("manifest.json"))
        tensors = safetensors.numpy.load(archive.read("directions.safetensors"))
    assert [t.shape for t in tensors.values()] == [(3, 128)]
    assert said["model"]["family"] == "stylegan2"
    assert said["model"]["resolution"] == 64
    assert len(said["model"]["fingerprint"]) == 64
    first = said["directions"][0]
    assert (first["kind"], first["space"], first["method"]) == ("linear", "w", "ganspace")
    assert first["options"]["samples"] == 2000
    assert first["unit"] > 0
    assert first["seed"] == 0


def test_discovery_is_seeded(results, tmp_path, preset):
    argv = ["discover", "portraits", "--method", "ganspace", "--option", "count=3", "--option",
            "samples=2000", "--output"]  # fmt: skip
    results(*argv, tmp_path / "again.lpreset")
    results(*argv, tmp_path / "other.lpreset", "--seed", "1")
    again, other, first = map(
        read_preset, (tmp_path / "again.lpreset", tmp_path / "other.lpreset", preset)
    )
    np.testing.assert_array_equal(again.directions[0].vector, first.directions[0].vector)
    assert (other.directions[0].vector != first.directions[0].vector).any()


def test_a_method_without_steps_says_so(latentstudio, tmp_path):
    status, out, err = latentstudio("discover", "portraits", "--method", "sefa", "--steps", "5",
                                    "--output", tmp_path / "a.lpreset")  # fmt: skip
    assert (status, out.strip()) == (0, str(tmp_path / "a.lpreset"))
    assert err == "Note: sefa does not train: --steps is ignored.\n"


@pytest.fixture
def walked(results, preset, tmp_path):
    """Walks direction 1 from seeds 3 and 5; (latents, images, argv so far)."""

    def run(*more):
        folder = tmp_path / "walk"
        results("walk", "portraits", "--preset", preset, "--direction", "1", "--seeds", "3,5",
                "--from", "-2", "--to", "4", "--steps", "4", "--format", "npy",
                "--output", folder, *more)  # fmt: skip
        return np.load(folder / "latents.npy", allow_pickle=False), images(folder)

    return run


def test_a_straight_walk_moves_by_amount_times_unit_times_vector(walked, preset):
    latents, pictures = walked()
    assert latents.dtype == np.float32
    assert latents.shape == (8, 128)
    assert pictures.shape == (8, 3, 64, 64)
    direction = read_preset(preset).directions[1]
    for start in (latents[:4], latents[4:]):
        moved = start - start[0]
        wanted = np.array([0, 2, 4, 6])[:, None] * direction.unit * direction.vector
        np.testing.assert_allclose(moved, wanted, atol=1e-4)
    assert np.abs(latents[0] - latents[4]).max() > 0.1


@pytest.mark.parametrize("walk", ["straight", "preserve", "geodesic"])
def test_a_walks_frames_are_renders_of_its_latents(walked, results, tmp_path, walk):
    latents, pictures = walked("--walk", walk)
    np.save(tmp_path / "w.npy", latents)
    results("render", "portraits", "--latents", tmp_path / "w.npy", "--space", "w", "--format",
            "npy", "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), pictures)


def test_a_walk_in_half_precision_goes_through_the_same_latents(walked, monkeypatch):
    monkeypatch.setattr(opening, "precisions", lambda _: ("float32", "bfloat16"))
    exact, half = walked("--device", "cpu"), walked("--device", "cpu", "--precision", "bfloat16")
    assert np.array_equal(exact[0], half[0])
    assert 1e-4 < np.abs(exact[1] - half[1]).mean() / exact[1].std() < 0.05


@pytest.mark.parametrize("walk", ["straight", "preserve"])
def test_a_preset_applied_is_the_same_frame_of_the_walk(walked, results, preset, tmp_path, walk):
    _, pictures = walked("--walk", walk, "--truncation", "0.8")
    results("render", "portraits", "--seeds", "3,5", "--truncation", "0.8", "--preset", preset,
            "--amounts", "1=2", "--walk", walk, "--format", "npy",
            "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), pictures[[2, 6]])


def test_directions_add_up(results, preset, tmp_path):
    results("render", "portraits", "--seeds", "7", "--preset", preset, "--amounts", "0=1,2=-1.5",
            "--format", "npy", "--output", tmp_path)  # fmt: skip
    both = images(tmp_path)
    found = read_preset(preset).directions
    results("walk", "portraits", "--preset", preset, "--direction", "0", "--seeds", "7", "--from",
            "0", "--to", "0", "--steps", "1", "--format", "npy", "--output", tmp_path)  # fmt: skip
    w = np.load(tmp_path / "latents.npy")
    w = w + found[0].unit * found[0].vector - 1.5 * found[2].unit * found[2].vector
    np.save(tmp_path / "w.npy", w)
    results("render", "portraits", "--latents", tmp_path / "w.npy", "--space", "w", "--format",
            "npy", "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), both)


def test_a_walk_as_pictures_names_seed_and_amount(results, preset, tmp_path):
    results("walk", "portraits", "--preset", preset, "--direction", "0", "--seeds", "3", "--from",
            "-1", "--to", "1", "--steps", "3", "--output", tmp_path / "walk")  # fmt: skip
    assert sorted(p.name for p in (tmp_path / "walk").iterdir()) == [
        "0000-seed3_-1.00.png",
        "0001-seed3_+0.00.png",
        "0002-seed3_+1.00.png",
        "latents.npy",
    ]


def test_a_walk_of_some_layers_gives_its_latents_in_wplus(latentstudio, results, tmp_path):
    path = tmp_path / "layers.lpreset"
    results("discover", "portraits", "--method", "sefa", "--option", "layers=2-4", "--option",
            "count=2", "--output", path)  # fmt: skip
    status, _, err = latentstudio("walk", "portraits", "--preset", path, "--direction", "0",
                                  "--seeds", "3", "--steps", "3", "--format", "npy",
                                  "--output", tmp_path)  # fmt: skip
    assert status == 0
    assert "some layers only" in err
    latents, pictures = np.load(tmp_path / "latents.npy"), images(tmp_path)
    assert latents.shape == (3, 10, 128)
    assert np.flatnonzero((latents[0] != latents[2]).any(-1)).tolist() == [2, 3, 4]
    np.save(tmp_path / "w.npy", latents)
    results("render", "portraits", "--latents", tmp_path / "w.npy", "--space", "w+", "--format",
            "npy", "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), pictures)


def test_density_reads_seeds_and_latents_alike(results, tmp_path):
    by_seed = results("density", "portraits", "--seeds", "0-3", "--json")
    np.save(tmp_path / "z.npy", 2 * GOLDEN["z"])
    by_latent = results("density", "portraits", "--latents", tmp_path / "z.npy", "--json")
    assert by_seed["space"] == by_latent["space"] == "w"
    # The network divides z by its length: twice as long is the same picture.
    for one, other in zip(by_seed["latents"], by_latent["latents"], strict=True):
        assert one["coordinate"] == pytest.approx(other["coordinate"], rel=1e-3)
        assert one["state"] == other["state"]
    for one in by_seed["latents"]:
        inside = by_seed["shell"][0] <= one["coordinate"] <= by_seed["shell"][1]
        assert (one["state"] == "on") == inside
        assert 0 <= one["percentile"] <= 100
        assert "layers" not in one


def test_density_of_a_walk_stays_on_a_shell_walk_and_leaves_on_a_straight_one(
    walked, results, tmp_path
):
    spread = {}
    for walk in ("straight", "preserve"):
        np.save(tmp_path / "w.npy", walked("--walk", walk)[0])
        found = results("density", "portraits", "--latents", tmp_path / "w.npy", "--space", "w",
                        "--json")  # fmt: skip
        radii = np.array([one["coordinate"] for one in found["latents"]]).reshape(2, 4)
        spread[walk] = np.ptp(radii, axis=1).max()
    assert spread["preserve"] < 0.05
    assert spread["straight"] > 1.0


def test_density_in_wplus_shows_every_layer_and_judges_the_worst(results, tmp_path):
    results("walk", "portraits", "--preset", _preset(results, tmp_path), "--direction", "0",
            "--seeds", "3", "--from", "0", "--to", "0", "--steps", "1", "--output",
            tmp_path)  # fmt: skip
    codes = np.repeat(np.load(tmp_path / "latents.npy")[:, None], 10, axis=1)
    codes[:, 4] *= 3
    np.save(tmp_path / "w+.npy", codes)
    found = results("density", "portraits", "--latents", tmp_path / "w+.npy", "--space", "w+",
                    "--json")["latents"][0]  # fmt: skip
    assert len(found["layers"]) == 10
    assert found["coordinate"] == max(found["layers"]) == found["layers"][4]
    assert found["state"] == "off"


def _preset(results, tmp_path):
    path = tmp_path / "one.lpreset"
    results("discover", "portraits", "--method", "sefa", "--option", "count=1", "--output", path)
    return path


def test_density_without_latents_gives_the_reference(results):
    found = results("density", "portraits", "--json")
    assert found["latents"] == []
    assert {"space", "reference", "shell", "limit"} <= set(found)
    assert found["limit"][0] < found["shell"][0] < found["shell"][1] < found["limit"][1]
    assert "On the shell" in "\n".join(results("density", "portraits", "--seeds", "0"))


def test_density_of_truncated_pictures_is_read_before_truncation(results):
    plain, pulled = (
        results("density", "portraits", "--seeds", "0-2", "--truncation", truncation, "--json")
        for truncation in ("1", "0.7")
    )
    for one, other in zip(plain["latents"], pulled["latents"], strict=True):
        assert other["coordinate"] == pytest.approx(one["coordinate"], rel=1e-4)


def test_density_says_how_pictures_look_and_learns_it_once(results, monkeypatch):
    monkeypatch.setattr(teaching, "SECONDS", 0.001)
    monkeypatch.setattr(teaching, "LEAST", 40)
    monkeypatch.setattr(teaching, "LEAST_BROKEN", 41)  # so few pictures say nothing of the judge
    first = results("density", "portraits", "--seeds", "0-2", "--looks", "--json")["latents"]
    monkeypatch.delattr(teaching, "ridge")  # a second time would need it
    again = results("density", "portraits", "--seeds", "0-2", "--looks", "--json")["latents"]
    assert [one["looks"] for one in again] == [one["looks"] for one in first]
    for one in first:
        limits = {"sound": (5, 100), "doubtful": (1, 5), "broken": (0, 1)}
        low, high = limits[one["looks"]["state"]]
        assert low <= one["looks"]["percentile"] <= high
    said = results("density", "portraits", "--seeds", "0", "--looks")
    assert said[-1].endswith(f"looks {first[0]['looks']['state']}")


def test_density_figure_is_drawn_for_each_seed(results, latentstudio, tmp_path):
    folder = tmp_path / "figure"
    results("density", "portraits", "--seeds", "3,5", "--figure", folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {"index.html", "seed3.png", "seed3.svg", "seed5.png", "seed5.svg"}
    page = (folder / "index.html").read_text()
    assert "percentile 2.5" in page
    assert page.count('src="seed') == 2
    status, _, err = latentstudio("density", "portraits", "--figure", folder)
    assert status == 2
    assert "Name some with --seeds" in err


def test_options_without_use_are_noted_and_ignored(latentstudio, results, tmp_path):
    status, _, err = latentstudio("render", "portraits", "--seeds", "0-3", "--classes", "3",
                                  "--noise", "7", "--format", "npy",
                                  "--output", tmp_path)  # fmt: skip
    assert status == 0
    assert "no classes: --classes is ignored" in err
    assert "no noise inputs: --noise is ignored" in err
    close(images(tmp_path), GOLDEN["img"])


def test_classes_agree_with_the_golden_images(results, tmp_path):
    golden = np.load(GOLDENS / "stylegan2-ada-conditional-32.npz")
    np.save(tmp_path / "z.npy", golden["z"])
    classes = ",".join(map(str, golden["c"].argmax(1)))
    results("render", CONDITIONAL, "--latents", tmp_path / "z.npy", "--classes", classes,
            "--format", "npy", "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), golden["img"])
    results("render", CONDITIONAL, "--latents", tmp_path / "z.npy", "--classes", "1",
            "--format", "npy", "--output", tmp_path)  # fmt: skip
    close(images(tmp_path)[1:], golden["img"][1:])
    assert np.abs(images(tmp_path)[0] - golden["img"][0]).max() > 0.01


def test_every_class_is_measured_in_its_own_density(results):
    mixed = results("density", CONDITIONAL, "--seeds", "5,6,7", "--classes", "2,0,2", "--json")
    assert [one["class"] for one in mixed["latents"]] == [2, 0, 2]
    assert [one["class"] for one in mixed["classes"]] == [2, 0]
    for row, (seed, label) in enumerate(((5, 2), (6, 0), (7, 2))):
        alone = results("density", CONDITIONAL, "--seeds", seed, "--classes", label, "--json")
        (one,) = alone["latents"]
        # Batches of other sizes differ in the last bits.
        for key in ("coordinate", "percentile"):
            assert mixed["latents"][row][key] == pytest.approx(one[key], rel=1e-4, abs=0.05)
    assert mixed["shell"] == results("density", CONDITIONAL, "--classes", "2", "--json")["shell"]


def test_a_shell_walk_of_several_classes_stays_on_each_shell(results, tmp_path):
    path = tmp_path / "c.lpreset"
    results("discover", CONDITIONAL, "--method", "sefa", "--option", "count=1", "--output", path)
    walk = ("walk", CONDITIONAL, "--preset", path, "--direction", "0", "--from", "0", "--to", "2",
            "--steps", "2", "--walk", "preserve", "--format", "npy")  # fmt: skip
    results(*walk, "--seeds", "5,6,7", "--classes", "2,0,2", "--output", tmp_path / "mixed")
    mixed = images(tmp_path / "mixed")
    for row, (seed, label) in enumerate(((5, 2), (6, 0), (7, 2))):
        results(*walk, "--seeds", seed, "--classes", label, "--output", tmp_path / "alone")
        close(images(tmp_path / "alone"), mixed[2 * row : 2 * row + 2])


def test_noise_is_stored_off_or_drawn_from_a_seed(results, tmp_path):
    model = GOLDENS / "stylegan2-ada-64.pkl"
    made = {}
    for noise in ("const", "none", "1", "2"):
        results("render", model, "--seeds", "0,1", "--noise", noise, "--format", "npy",
                "--output", tmp_path)  # fmt: skip
        made[noise] = images(tmp_path)
    results("render", model, "--seeds", "0,1", "--noise", "1", "--format", "npy",
            "--output", tmp_path)  # fmt: skip
    close(images(tmp_path), made["1"])
    different = [np.abs(made[a] - made[b]).max() for a in made for b in made if a < b]
    assert min(different) > 0.01


def test_presets_are_described_and_checked(results, preset):
    found = results("presets", "info", preset, "--json")
    with zipfile.ZipFile(preset) as archive:
        assert found.pop("previews") == [f"previews/ganspace-{k}.png" for k in range(3)]
        assert found == json.loads(archive.read("manifest.json"))
    said = "\n".join(results("presets", "info", preset))
    assert "GANSpace 2" in said
    assert "previews/ganspace-2.png" in said
    assert results("presets", "check", preset) == [
        "three.lpreset is sound: 3 directions, 3 previews."
    ]


def test_it_runs_as_a_program(cli_home, tmp_path):
    argv = [sys.executable, "-m", "latentstudio", "render", "portraits", "--seeds", "1",
            "--output", str(tmp_path)]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [str(tmp_path / "0000-seed1.png")]


def test_nothing_is_measured_twice(results, monkeypatch):
    from latentstudio.store import densities

    results("density", "portraits")

    def again(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr(densities, "measure", again)
    results("density", "portraits")


@pytest.mark.parametrize(("on_shell", "walk"), [(False, "straight"), (True, "preserve")])
def test_the_same_edit_in_the_window_gives_the_same_pixels(
    results, preset, tmp_path, on_shell, walk
):
    results("render", "portraits", "--seeds", "3", "--truncation", "0.8", "--preset", preset,
            "--amounts", "0=1.4,2=-2", "--walk", walk, "--output", tmp_path)  # fmt: skip
    with Image.open(tmp_path / "0000-seed3.png") as picture:
        found = np.asarray(picture)
    generator = run(open_model("portraits"))
    renderer = Renderer(generator)
    renderer.densities = {None: run(reference(generator))}
    renderer.directions = {one.id: one for one in read_preset(preset).directions}
    ids = list(renderer.directions)
    edits = (Edit(ids[0], 1.4), Edit(ids[2], -2.0))
    shown = Picture(
        Seed(3, truncation=0.8), edits=edits, walk="preserve" if on_shell else "straight"
    )
    np.testing.assert_array_equal(found, renderer.pixels(shown))
