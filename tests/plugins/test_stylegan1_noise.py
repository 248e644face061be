"""StyleGAN's noise inputs: the golden file's strengths are zero, so they are tried here.

A transcription of Karras et al. 2019, figure 1b (upsampling, convolution, blur, noise times a
learned factor for each channel, bias, leaky ReLU, instance norm, style) that equals the golden
pictures without noise says what they are with it.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.session.models import open_model

GOLDEN = Path(__file__).parents[1] / "golden" / "generators"


def transcribed(synthesis, ws, noise=True):
    x, taps = None, torch.tensor([1.0, 2.0, 1.0]) / 4
    for index, layer in enumerate(synthesis.layers):
        if index == 0:
            x = layer.const.repeat(len(ws), 1, 1, 1)
        else:
            x = F.interpolate(x, scale_factor=2, mode="nearest") if index % 2 == 0 else x
            x = F.conv2d(x, layer.weight, padding=1)
        if index and index % 2 == 0:
            blur = taps.outer(taps).repeat(x.shape[1], 1, 1, 1)
            x = F.conv2d(x, blur, padding=1, groups=x.shape[1])
        if noise:
            x = x + layer.noise_const[None, None] * layer.noise_strength[None, :, None, None]
        x = F.leaky_relu(x + layer.bias[None, :, None, None], 0.2)
        x = x - x.mean(dim=(2, 3), keepdim=True)
        x = x / (x.square().mean(dim=(2, 3), keepdim=True) + 1e-8).sqrt()
        scale, shift = layer.style(ws[:, index]).chunk(2, dim=1)
        x = x * (scale + 1)[:, :, None, None] + shift[:, :, None, None]
    return F.conv2d(x, synthesis.colours, synthesis.bias)


@torch.no_grad()
def test_noise_by_a_transcription(tmp_path):
    content = torch.load(GOLDEN / "hammer-stylegan-64.pth", weights_only=True)
    model = run(open_model(str(GOLDEN / "hammer-stylegan-64.pth"), "cpu"))
    golden = np.load(GOLDEN / "hammer-stylegan-64.npz")
    ws = model.broadcast(model.map(torch.from_numpy(golden["z"])))
    quiet = transcribed(model.network.synthesis, ws)
    assert np.abs(quiet.numpy() - golden["img"]).max() < 1e-4 * max(1.0, golden["img"].std())
    assert Ability.NOISE not in model.info.abilities

    draw = torch.Generator().manual_seed(0)
    for name, tensor in content["models"]["generator_smooth"].items():
        if name.endswith("noise_strength"):
            tensor.copy_(torch.randn(tensor.shape, generator=draw) / 4)
    torch.save(content, tmp_path / "noisy.pth")
    noisy = run(open_model(str(tmp_path / "noisy.pth"), "cpu"))
    assert Ability.NOISE in noisy.info.abilities
    synthesis = noisy.network.synthesis
    made = noisy.synthesize(ws)
    torch.testing.assert_close(made, transcribed(synthesis, ws), atol=1e-4, rtol=0)
    torch.testing.assert_close(noisy.synthesize(ws, noise="none"), quiet, atol=1e-4, rtol=0)
    assert float((made - quiet).abs().mean()) > 0.01
    first = noisy.synthesize(ws, noise=3)
    assert torch.equal(first, noisy.synthesize(ws, noise=3))
    assert float((first - noisy.synthesize(ws, noise=4)).abs().mean()) > 0.01
