"""How long methods took: kept for each model and device."""

from latentstudio.store import paces


def test_a_pace_is_kept_by_model_device_and_method():
    paces.keep("a" * 64, "CPU, 2 threads", "sefa", 0.5)
    paces.keep("a" * 64, "CPU, 2 threads", "dp-lase", 0.25)
    paces.keep("a" * 64, "A card", "sefa", 0.125)
    assert paces.kept("a" * 64, "CPU, 2 threads") == {"sefa": 0.5, "dp-lase": 0.25}
    assert paces.kept("a" * 64, "A card") == {"sefa": 0.125}
    assert paces.kept("b" * 64, "A card") == {}


def test_a_damaged_file_is_no_pace():
    paces.keep("a" * 64, "A card", "sefa", 0.125)
    paces._path("a" * 64).write_text('{"format": 1, "paces": {"A card": 3}}')
    assert paces.kept("a" * 64, "A card") == {}
