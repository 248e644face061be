"""Files of directions as other projects write them: planted matrices come back as rows."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy.linalg import expm

from latentstudio.core.errors import FileError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.exchange import vector_files
from latentstudio.exchange.vector_files import holds_vectors, read_vectors

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
