"""Synthesis of one picture after the other, from the features that they have in common.

A slider that reaches layers from k on leaves the features before k as they were, and a whole
picture after a coarse one goes on where that stopped. How far a synthesis came is kept under all
that decides it: the code of the layers read so far, class, noise, truncation.
"""

from collections.abc import Callable, Hashable

import torch
from torch import Tensor

from latentstudio.engine.channels import halfway_channels
from latentstudio.engine.generator import Generator, Halfway, HasHalfway, HasWindows, Noise
from latentstudio.engine.masked_synthesis import window_of
from latentstudio.engine.preview_heads import GrownImage, PreviewHead, preview, read_halfway
from latentstudio.render.drawing import at_their_truncation, draw
from latentstudio.render.latents import Latents
from latentstudio.render.value_cache import ValueCache

_SMALL = 0.6
"""Share of a picture up to which a part of it is worth making alone."""


class ResumingSynthesis:
    """Synthesises single pictures of one model, resuming from kept features.

    Args:
        generator: The model.
        kept: Where features are kept; bounded by its size.
        mark: Tells its features from those of other networks that are kept there.

    Attributes:
        generator: The model.
    """

    def __init__(self, generator: Generator, kept: ValueCache[Halfway], mark: str = "") -> None:
        self.generator = generator
        self._kept = kept
        self._mark = mark
        self._last: Tensor | None = None
        self.resumed = False
        """Whether the last picture went on from kept features."""

    @torch.inference_mode()
    def whole(self, latents: Latents, noise: Noise) -> Tensor:
        """The picture, (1, C, H, W): to the last bit what it is without kept features."""
        generator = at_their_truncation(self.generator, latents)
        self.resumed = False
        if latents.base is not None or not isinstance(generator, HasHalfway):
            self._last = None
            return draw(self.generator, latents, noise, self.remember)
        since = self._since(generator, latents, noise)
        codes, classes = latents.codes, latents.classes
        self._last = codes
        if since is None:
            return generator.synthesize(codes, classes, noise)
        return generator.onward(codes, since, {}, classes, noise)

    def remember(self, key: Hashable, make: Callable[[], Halfway]) -> Halfway:
        """What is kept of this network under a key, made where it is not there."""
        return self._kept.get((self._mark, key), make)

    @torch.inference_mode()
    def within(self, latents: Latents, noise: Noise, mask: Tensor) -> Tensor | None:
        """The picture where a mask (H, W) isn't 0, and zeros elsewhere, (1, C, H, W).

        None where the whole picture is not much more work, or the model can't make a part.
        """
        generator = at_their_truncation(self.generator, latents)
        window = window_of(mask.cpu().numpy())
        small = window is not None and window.area < _SMALL * mask.numel()
        if window is None or not small or latents.base is not None:
            return None
        if not isinstance(generator, HasWindows):
            return None
        since = None
        if isinstance(generator, HasHalfway):
            since = self._since(generator, latents, noise)
        part = generator.synthesize_window(latents.codes, window, noise, since)
        self.resumed, self._last = True, latents.codes  # its time tells nothing of a whole one
        made = part.new_zeros(1, part.shape[1], *mask.shape)
        window.of(made).copy_(part)
        return made

    @torch.inference_mode()
    def seen_by(self, head: PreviewHead | GrownImage, latents: Latents, noise: Noise) -> Tensor:
        """The picture as a head sees it, (1, C, s, s)."""
        generator = at_their_truncation(self.generator, latents)
        codes, classes = latents.codes, latents.classes
        self.resumed = False
        if not isinstance(generator, HasHalfway):
            return preview(generator, head, codes, classes, noise)
        if latents.base is not None:
            return self._mixed_seen_by(generator, head, latents.base, latents, noise)
        since = self._since(generator, latents, noise, head.tap)
        if since is None or since.tap != head.tap:
            stop = generator.halfway(codes, head.tap, {}, classes, noise, since)
            since = self._kept.get(self._key(generator, head.tap, latents, noise), lambda: stop)
        self._last = codes
        return head.apply(*read_halfway(generator, since, codes, {}, classes, noise))

    def _mixed_seen_by(
        self,
        generator: Generator,
        head: PreviewHead | GrownImage,
        base: Tensor,
        latents: Latents,
        noise: Noise,
    ) -> Tensor:
        """The same where some channels follow other codes, none of them behind the head's layer."""

        def known(key: Hashable, make: Callable[[], Halfway]) -> Halfway:
            return self._kept.get((latents.truncation, key), make)

        assert isinstance(generator, HasHalfway)
        self._last, classes = None, latents.classes
        stop, edits = halfway_channels(
            generator, base, latents.mixes, head.tap, classes, noise, known
        )
        return head.apply(*read_halfway(generator, stop, base, edits, classes, noise))

    def unchanged(self, latents: Latents) -> int:
        """Layers of the code, from the first, that are as they were in the picture before."""
        if self._last is None or self._last.shape != latents.codes.shape:
            return 0
        same = (self._last == latents.codes).flatten(2).all(dim=2)[0]
        return int(same.long().cumprod(0).sum())

    def _since(
        self, generator: HasHalfway, latents: Latents, noise: Noise, tap: str | None = None
    ) -> Halfway | None:
        """The latest kept stop of this very synthesis, up to a tap; a new one where it pays."""
        taps = self.generator.info.taps
        taps = taps if tap is None else taps[: taps.index(tap) + 1]
        same = self.unchanged(latents)
        if same == latents.codes.shape[1]:
            same = 0  # nothing tells where the next picture will differ
        wanted = [one for one in taps if generator.layers_before(one) <= same]
        for one in reversed(taps):
            known = self._kept.find(self._key(generator, one, latents, noise))
            if known is not None:
                self.resumed = True
                if wanted and taps.index(one) < taps.index(wanted[-1]):
                    return self._stop(generator, wanted[-1], latents, noise, known)
                return known
        return self._stop(generator, wanted[-1], latents, noise, None) if wanted else None

    def _stop(
        self,
        generator: HasHalfway,
        tap: str,
        latents: Latents,
        noise: Noise,
        since: Halfway | None,
    ) -> Halfway:
        """Go as far as a tap, and keep that."""
        stop = generator.halfway(latents.codes, tap, {}, latents.classes, noise, since)
        self._kept.put(self._key(generator, tap, latents, noise), stop)
        return stop

    def _key(self, generator: HasHalfway, tap: str, latents: Latents, noise: Noise) -> Hashable:
        codes = latents.codes[:, : generator.layers_before(tap)]
        classes = None if latents.classes is None else tuple(latents.classes.tolist())
        return self._mark, tap, codes.cpu().numpy().tobytes(), classes, noise, latents.truncation
