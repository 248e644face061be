import pytest
import torch

from latentstudio.core.errors import ResourceError
from latentstudio.engine import memory
from latentstudio.engine.device import choose_device, device_words, memory_errors


def test_full_precision_is_full_on_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert choose_device() == torch.device("cuda", 0)
    assert torch.backends.cudnn.allow_tf32 is False


def test_the_processor_can_always_be_had():
    assert choose_device("cpu") == torch.device("cpu")


def test_a_device_that_is_not_there_gets_a_sentence():
    with pytest.raises(ResourceError, match=r"no device 'cuda:77'. It has: .*cpu"):
        choose_device("cuda:77")


def test_words_name_the_threads():
    assert device_words(torch.device("cpu")).startswith(f"CPU, {torch.get_num_threads()} thread")


def test_an_allocation_beyond_all_memory_becomes_a_sentence():
    with (
        pytest.raises(ResourceError, match="The picture needs more memory"),
        memory_errors("The picture"),
    ):
        torch.empty(2**60, dtype=torch.uint8)


def test_other_errors_pass_through():
    with pytest.raises(RuntimeError, match="shape"), memory_errors("The picture"):
        torch.zeros(2).reshape(3)


def test_too_large_a_model_is_refused_with_both_sizes():
    with pytest.raises(ResourceError, match=r"needs about 8.0 GB of memory and 50 MB are free"):
        memory.check_memory(8 * 10**9, 5 * 10**7)


def test_what_fits_and_what_is_unknown_pass():
    memory.check_memory(5, 6)
    memory.check_memory(5, None)


def test_a_container_s_limit_counts(tmp_path):
    for name, text in [("max", "1000"), ("current", "700"), ("stat", "anon 1\ninactive_file 50")]:
        (tmp_path / f"memory.{name}").write_text(text)
    assert memory._group_limit(tmp_path) == 350
    (tmp_path / "memory.max").write_text("max")
    assert memory._group_limit(tmp_path) is None
