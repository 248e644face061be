"""Half precision: the same network, pictures near those of full precision."""

from types import SimpleNamespace

import pytest
import torch

from latentstudio.engine import precision
from latentstudio.engine.generator import HasStyleWeights, HasTaps
from latentstudio.engine.precision import agree, in_precision, precisions


@pytest.fixture
def processor(monkeypatch):
    """Pretends that the processor has, or has not, circuits for bfloat16."""

    def can(amx, avx):
        asked = SimpleNamespace(
            _is_amx_tile_supported=lambda: amx, _is_avx512_bf16_supported=lambda: avx
        )
        monkeypatch.setattr(precision.torch, "cpu", asked)

    return can


def test_a_processor_offers_only_what_it_is_fast_in(processor):
    cpu = torch.device("cpu")
    processor(False, False)
    assert precisions(cpu) == ("float32",)
    processor(False, True)
    assert precisions(cpu) == ("float32", "bfloat16")
    processor(True, False)
    assert precisions(cpu) == ("float32", "bfloat16")


def test_a_card_offers_bfloat16_only_where_it_is_not_emulated(monkeypatch):
    for real in (True, False):
        asked = []

        def supported(including_emulation, real=real, asked=asked):
            asked.append(including_emulation)
            return real

        monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
        expected = ("float32", "float16", "bfloat16") if real else ("float32", "float16")
        assert precisions(torch.device("cuda:0")) == expected
        assert asked == [False]


@torch.no_grad()
def test_pictures_are_near_and_float32_and_the_weights_are_shared(portraits):
    half = in_precision(portraits, "bfloat16")
    codes = portraits.broadcast(portraits.map(portraits.sample_z([3])))
    exact, near = portraits.synthesize(codes), half.synthesize(codes)
    assert near.dtype == torch.float32
    apart = float((near - exact).square().mean().sqrt() / exact.std())
    assert 1e-4 < apart < 0.05
    assert agree(near, exact)
    assert half.network is portraits.network
    assert torch.equal(half.map(portraits.sample_z([3])), portraits.map(portraits.sample_z([3])))
    tap = portraits.info.taps[3]
    assert half.features(codes, tap).dtype == torch.float32
    assert not torch.equal(half.features(codes, tap), portraits.features(codes, tap))
    assert isinstance(half, HasTaps)
    assert isinstance(half, HasStyleWeights)
    assert torch.equal(portraits.synthesize(codes), exact)


@torch.no_grad()
def test_what_is_half_made_goes_on_to_the_same_picture(portraits):
    codes = portraits.broadcast(portraits.map(portraits.sample_z([0])))
    twin, tap = in_precision(portraits, "bfloat16"), portraits.info.taps[4]
    edit = {tap: lambda x: 0.5 * x}
    since = twin.halfway(codes, tap, {})
    assert since.carried["image"].dtype == torch.bfloat16
    made = twin.onward(codes, since, edit)
    assert made.dtype == torch.float32
    assert torch.equal(made, twin.synthesize_with(codes, edit))
    assert not torch.equal(made, portraits.synthesize_with(codes, edit))


def test_full_precision_is_the_generator_itself(portraits):
    assert in_precision(portraits, "float32") is portraits


def test_pictures_that_fall_apart_are_noticed():
    exact = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert agree(exact + 0.05, exact)
    assert not agree(torch.zeros_like(exact), exact)
    assert not agree(exact * float("nan"), exact)
