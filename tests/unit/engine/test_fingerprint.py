import torch

from latentstudio.core.progress import run
from latentstudio.engine.fingerprint import fingerprint

TENSORS = {"b.weight": torch.arange(6.0).reshape(2, 3), "a": torch.tensor(1.5)}


def of(tensors):
    return run(fingerprint(tensors))


def test_a_known_network_has_a_known_fingerprint():
    # SHA-256 of b"a\0\0" + 1.5 + b"b.weight\0" b"2,3\0" + 0…5, all little-endian float32.
    known = "c0641c32e42b0328f06bb250122758922b7f717d85d95bd8f4e1360423822d60"
    assert of(TENSORS) == known


def test_order_precision_and_layout_don_t_matter():
    turned = {"a": TENSORS["a"].half(), "b.weight": TENSORS["b.weight"].T.contiguous().T.double()}
    assert of(turned) == of(TENSORS)


def test_names_shapes_and_values_do():
    other = [
        {"b.weight": TENSORS["b.weight"], "c": TENSORS["a"]},
        {"b.weight": TENSORS["b.weight"].reshape(3, 2), "a": TENSORS["a"]},
        {"b.weight": TENSORS["b.weight"], "a": torch.tensor(1.25)},
    ]
    assert len({of(TENSORS), *map(of, other)}) == 4
