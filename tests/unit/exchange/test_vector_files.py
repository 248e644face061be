"""Files of directions as other projects write them: planted matrices come back as rows."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy.linalg import expm

from latentstudio.core.errors import FileError
from latentstudio.core.progress import run
from latentstudio.core.spaces import GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.exchange import vector_files
from latentstudio.exchange.latent_files import LatentsError
from latentstudio.exchange.vector_files import (
    holds_vectors,
    placed_latents,
    read_latents,
    read_vectors,
)

ROWS = np.random.RandomState(0).randn(3, 8)
SQUARE = np.random.RandomState(1).randn(8, 8)
HERE = Path(__file__).parents[3]
PEERS = HERE.parent / "shared" / "peers"
MODELS = [
    *sorted((HERE / "tests" / "golden" / "generators").glob("*.p[kt]*")),
    *sorted((HERE / "resources" / "generators").glob("*.safetensors")),
    *sorted((PEERS / "generators").glob("*")),
]


PUBLISHED = {
    "e4e_ffhq_pca.pt": ((80, 512), Space.W),
    "e4e_pose.pt": ((1, 18, 512), None),
    "ganspace_light_direction.pkl": ((1, 512), Space.W),
    "interfacegan_pggan_celebahq_smile_boundary.npy": ((1, 512), None),
    "interfacegan_stylegan_ffhq_smile_w_boundary.npy": ((1, 512), None),
    "lowrankgan_ffhq1024_expression.npy": ((1, 512), None),
    "resefa_ffhq_sg2_eyebrows.npy": ((1, 512), None),
}


class Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("executed.txt"),))


def read(path, content):
    torch.save(content, path)
    return run(read_vectors(path))


@pytest.mark.parametrize(
    ("given", "rows"),
    [(ROWS[0], ROWS[:1]), (ROWS[:1], ROWS[:1]), (ROWS, ROWS), (ROWS[:, None], ROWS),
     (SQUARE[None], SQUARE[None])],
    ids=["vector", "one row", "rows", "rows of one layer", "layers"],
)  # fmt: skip
def test_plain_arrays_come_in_every_container(tmp_path, given, rows):
    np.save(tmp_path / "a.npy", given)
    np.savez(tmp_path / "a.npz", given)
    torch.save(torch.from_numpy(given), tmp_path / "a.pt")
    torch.save(torch.from_numpy(given), tmp_path / "b.pt", _use_new_zipfile_serialization=False)
    save_file({"d": torch.from_numpy(given)}, tmp_path / "a.safetensors")
    for name in ("a.npy", "a.npz", "a.pt", "b.pt", "a.safetensors"):
        (tmp_path / name).rename(tmp_path / "anything")  # known by its content, not by its name
        np.testing.assert_array_equal(run(read_vectors(tmp_path / "anything")).rows, rows)
        assert run(holds_vectors(tmp_path / "anything"))


def test_arrays_by_name_are_named(tmp_path):
    tensors = {"smile": torch.from_numpy(ROWS[0]), "age": torch.from_numpy(ROWS[1:])}
    found = read(tmp_path / "a.pt", {**tensors, "made": "today", "count": 3})
    np.testing.assert_array_equal(found.rows, ROWS)
    assert found.names == ("smile", "age 1", "age 2")


def test_ganspace_says_where_and_how_far(tmp_path):
    edit = {"name": "Light", "lat_comp": ROWS[:1], "lat_stdev": 2.5, "latent_space": "W",
            "act_comp": SQUARE, "edit_start": 4, "edit_end": 7}  # fmt: skip
    found = read(tmp_path / "a.pkl", {**edit, "lat_comp": torch.from_numpy(ROWS[:1])})
    np.testing.assert_array_equal(found.rows, ROWS[:1])
    assert (found.names, found.space, found.layers) == (("Light",), Space.W, (4, 6))
    assert (found.units, found.source) == ((2.5,), "GANSpace")
    np.savez(tmp_path / "b.npz", lat_comp=ROWS[:, None], lat_stdev=[3.0, 2.0, 1.0],
             act_comp=np.zeros((3, 5)), lat_mean=ROWS[:1])  # fmt: skip
    found = run(read_vectors(tmp_path / "b.npz"))
    np.testing.assert_array_equal(found.rows, ROWS)
    assert (found.units, found.space) == ((3.0, 2.0, 1.0), None)
    np.savez(tmp_path / "c.npz", comp=ROWS[:, None], std=[3.0, 2.0, 1.0], mean=ROWS[:1])
    found = run(read_vectors(tmp_path / "c.npz"))
    assert (found.units, found.space) == ((3.0, 2.0, 1.0), Space.W)


def test_matrices_whose_columns_are_directions(tmp_path):
    tall = torch.from_numpy(ROWS.T.copy())
    found = read(tmp_path / "deformator_0.pt", {"linear.weight": tall, "linear.bias": tall[:, 0]})
    np.testing.assert_array_equal(found.rows, ROWS)
    assert found.source == "Voynov–Babenko"
    found = read(tmp_path / "deformator_1.pt", {"log_mat_half": torch.from_numpy(SQUARE)})
    np.testing.assert_allclose(found.rows, expm(SQUARE - SQUARE.T).T, atol=1e-12)
    np.testing.assert_allclose(found.rows @ found.rows.T, np.eye(8), atol=1e-12)
    found = read(tmp_path / "factor.pt", {"ckpt": "a.pt", "eigvec": torch.from_numpy(SQUARE)})
    np.testing.assert_array_equal(found.rows, SQUARE.T)


BAD = {
    "NaN": (np.array([[1.0, np.nan]]), "NaN"),
    "infinity": (np.array([1.0, np.inf]), "infinity"),
    "beyond float32": (np.array([1e300, 1.0]), "too large"),
    "zeros": (np.array([[1.0, 0], [0, 0]]), "zeros only .row 1."),
    "no rows": (np.zeros((0, 8)), "empty"),
    "no numbers": (np.zeros((2, 0)), "empty"),
    "four axes": (np.ones((2, 2, 2, 2)), "holds no directions"),
    "one number": (np.float64(1), "holds no directions"),
}


@pytest.mark.parametrize("name", BAD)
def test_numbers_that_are_no_directions_are_refused(tmp_path, name):
    array, words = BAD[name]
    np.save(tmp_path / "a.npy", array)
    torch.save(torch.as_tensor(array), tmp_path / "a.pt")
    for file in ("a.npy", "a.pt"):
        with pytest.raises(FileError, match=words):
            run(read_vectors(tmp_path / file))


def test_too_many_and_too_large(tmp_path, monkeypatch):
    np.save(tmp_path / "a.npy", ROWS)
    monkeypatch.setattr(vector_files, "MOST", 2)
    with pytest.raises(FileError, match="3 rows"):
        run(read_vectors(tmp_path / "a.npy"))
    monkeypatch.setattr(vector_files, "MAX_BYTES", 100)
    with pytest.raises(FileError, match="larger than"):
        run(read_vectors(tmp_path / "a.npy"))


@pytest.mark.parametrize("named", [False, True])
def test_a_shape_of_more_numbers_than_the_file_holds_takes_no_memory(tmp_path, named):
    claim = torch.ones(1).expand(10**6, 10**6)
    torch.save({"d": claim} if named else claim, tmp_path / "a.pt")
    with pytest.raises(FileError, match="is damaged"):
        run(read_vectors(tmp_path / "a.pt"))
    rows = torch.ones(2**15, 8)
    with pytest.raises(FileError, match="more numbers than directions need"):
        read(tmp_path / "a.pt", {str(k): rows for k in range(300)})  # 79 million, 1 MB
    turned = torch.from_numpy(ROWS).T  # strides as they may be
    np.testing.assert_array_equal(read(tmp_path / "b.pt", turned).rows, ROWS.T)


def test_nothing_a_file_brings_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(Bomb(), tmp_path / "a.pt")
    torch.save({"d": torch.ones(4), "x": Bomb()}, tmp_path / "b.pt")
    np.save(tmp_path / "c.npy", np.array([Bomb()], object), allow_pickle=True)
    for name in ("a.pt", "c.npy"):
        with pytest.raises(FileError):
            run(read_vectors(tmp_path / name))
    run(holds_vectors(tmp_path / "b.pt"))
    assert not (tmp_path / "executed.txt").exists()


@pytest.mark.parametrize("data", [b"", b"hello", b"\x93NUMPY", b"PK\x03\x04", b"\x80\x04"])
def test_files_of_nothing_get_a_sentence(tmp_path, data):
    (tmp_path / "a.pt").write_bytes(data)
    with pytest.raises(FileError):
        run(read_vectors(tmp_path / "a.pt"))
    assert not run(holds_vectors(tmp_path / "a.pt"))
    with pytest.raises(FileError, match="does not exist"):
        run(read_vectors(tmp_path / "missing"))
    with pytest.raises(FileError, match="is a folder"):
        run(read_vectors(tmp_path))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_model_is_not_taken_for_directions(path):
    assert not run(holds_vectors(path))


def test_published_files_are_read():
    there = PEERS.is_dir()
    found = {name: run(read_vectors(PEERS / "directions" / name)) for name in PUBLISHED if there}
    told = {name: (one.rows.shape, one.space) for name, one in found.items()}
    assert told == (PUBLISHED if there else {})


FIELD = HERE / "tests" / "golden" / "field"


@pytest.mark.parametrize(
    ("name", "shape", "names", "layers"),
    [
        ("idinvert_ffhq256_age.npy", (1, 14, 512), (), (0, 5)),
        ("object_dict.npy", (2, 512), ("smile", "age"), None),
        ("list_of_pairs.pkl", (2, 512), ("smile", "age"), None),
        ("svm_linearsvc.pkl", (1, 512), (), None),
    ],
)
def test_forms_in_which_directions_are_published(name, shape, names, layers):
    found = run(read_vectors(FIELD / name))
    assert (found.rows.shape, found.names, found.layers) == (shape, names, layers)


def test_lists_and_columns_are_rows(tmp_path):
    tensors = [torch.from_numpy(row) for row in ROWS]
    np.testing.assert_array_equal(read(tmp_path / "l.pt", tensors).rows, ROWS)
    np.save(tmp_path / "c.npy", ROWS[0][:, None])
    np.testing.assert_array_equal(run(read_vectors(tmp_path / "c.npy")).rows, ROWS[:1])


def text(rows, between=",", names=()):
    heads = [f"{name}{between}" for name in names] or [""] * len(rows)
    lines = (h + between.join(map(repr, r)) for h, r in zip(heads, rows.tolist(), strict=True))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "content", "names"),
    [
        ("a.csv", text(ROWS), ()),
        ("a.txt", "# made today\n" + text(ROWS, " "), ()),
        ("a.tsv", text(ROWS, "\t", ["smile", "age", "pose"]), ("smile", "age", "pose")),
        ("a.csv", "name," + ",".join("abcdefgh") + "\n" + text(ROWS, ",", "xyz"), tuple("xyz")),
        ("a.json", json.dumps(ROWS.tolist()), ()),
        ("a.json", json.dumps(dict(zip("xyz", ROWS.tolist(), strict=True))), tuple("xyz")),
    ],
)
def test_text_is_read(tmp_path, name, content, names):
    (tmp_path / name).write_text(content)
    found = run(read_vectors(tmp_path / name))
    np.testing.assert_array_equal(found.rows, ROWS)
    assert found.names == names


def test_text_without_numbers_gets_a_sentence(tmp_path):
    (tmp_path / "a.csv").write_text("one,two\nthree,4\n5")
    with pytest.raises(FileError, match="no rows of numbers"):
        run(read_vectors(tmp_path / "a.csv"))


def test_linear_models_of_scikit_learn(tmp_path):
    svm = pytest.importorskip("sklearn.svm")
    preprocessing, pipeline = (
        pytest.importorskip(f"sklearn.{n}") for n in ("preprocessing", "pipeline")
    )
    draw = np.random.RandomState(2)
    points, labels = draw.randn(60, 8), np.arange(60) % 2
    points[:, 3] += 3.0 * labels
    models = {
        "linear": (svm.LinearSVC(), lambda m: m.coef_),
        "kernel": (svm.SVC(kernel="linear"), lambda m: m.coef_),
        "scaled": (
            pipeline.make_pipeline(preprocessing.StandardScaler(), svm.LinearSVC()),
            lambda m: m[1].coef_ / m[0].scale_,
        ),
    }
    for name, (model, normal) in models.items():
        model.fit(points, labels)
        (tmp_path / f"{name}.pkl").write_bytes(pickle.dumps(model))
        found = run(read_vectors(tmp_path / f"{name}.pkl"))
        np.testing.assert_allclose(found.rows, normal(model))
        assert found.source == "scikit-learn"


def test_latents_are_told_from_directions(tmp_path):
    codes = np.random.RandomState(3).randn(2, 6, 8).astype(np.float32)
    np.savez(tmp_path / "projected_w.npz", w=codes)
    torch.save(torch.from_numpy(codes), tmp_path / "e4e_latents.pt")
    torch.save(torch.from_numpy(codes), tmp_path / "edits.pt")
    for name in ("projected_w.npz", "e4e_latents.pt"):
        assert run(holds_vectors(tmp_path / name))  # no model
        with pytest.raises(LatentsError, match="latents of pictures, not directions"):
            run(read_vectors(tmp_path / name))
        found, space = run(read_latents(tmp_path / name))
        np.testing.assert_array_equal(found, codes)
        assert space is Space.WPLUS
    assert run(read_vectors(tmp_path / "edits.pt")).rows.shape == (2, 6, 8)


def test_style_channels_are_no_directions(tmp_path):
    np.save(tmp_path / "fs3.npy", np.random.RandomState(0).randn(20, 8).astype(np.float32))
    with pytest.raises(FileError, match="StyleCLIP"):
        run(read_vectors(tmp_path / "fs3.npy"))


def test_one_picture_s_layers_are_its_latents():
    info = GeneratorInfo(
        "m", "f", 8, 3, 0, 1, "", {
            Space.Z: SpaceInfo(8, 1, Prior.NORMALISED), Space.W: SpaceInfo(8, 1, Prior.MAPPED),
            Space.WPLUS: SpaceInfo(8, 3, Prior.MAPPED),
        },
    )  # fmt: skip
    one, rows = ROWS.astype(np.float32), Space.WPLUS
    assert placed_latents(one, rows, None, info)[0].shape == (1, 3, 8)
    assert placed_latents(one, None, Space.W, info)[1] is Space.WPLUS
    assert placed_latents(one, None, None, info)[1] is Space.WPLUS
    assert placed_latents(one, None, None, info)[0].shape == (1, 3, 8)
    assert placed_latents(one, Space.Z, None, info)[0].shape == (3, 8)
    assert placed_latents(one, None, Space.Z, info)[0].shape == (3, 8)
    assert placed_latents(one[0], None, None, info)[0].shape == (1, 8)
    assert placed_latents(one[None], None, None, info)[1] is Space.WPLUS


def test_style_channels_are_named_before_their_numbers_are_looked_at(tmp_path):
    np.save(tmp_path / "fs3.npy", np.random.RandomState(0).randn(600, 512))
    with pytest.raises(FileError, match="StyleCLIP"):
        run(read_vectors(tmp_path / "fs3.npy"))


@pytest.mark.parametrize(
    ("rows", "latents"),
    [
        (np.random.RandomState(2).randn(16, 512), True),
        (np.random.RandomState(2).randn(9, 64).astype(np.float32), True),
        (np.random.RandomState(2).randn(4, 512), False),  # few could as well be directions
        (np.random.RandomState(2).randn(64, 64), False),  # a basis
        (np.random.RandomState(2).randn(16, 512) * 1.5, False),
        (np.linalg.qr(np.random.RandomState(2).randn(512, 16))[0].T, False),
        (np.random.RandomState(2).uniform(-1.7, 1.7, (16, 512)), False),
    ],
    ids=["draws", "few draws", "four", "square", "longer", "unit", "uniform"],
)
def test_draws_of_a_normal_z_are_told_from_directions(rows, latents, tmp_path):
    """A plain ``x.npy``: nothing but its numbers says what it is."""
    np.save(tmp_path / "x.npy", rows)
    np.save(tmp_path / "my_directions.npy", rows)
    assert run(read_vectors(tmp_path / "my_directions.npy")).rows.shape == rows.shape
    if latents:
        with pytest.raises(LatentsError, match="If they are directions, write so in its name"):
            run(read_vectors(tmp_path / "x.npy"))
    else:
        assert run(read_vectors(tmp_path / "x.npy")).rows.shape == rows.shape
