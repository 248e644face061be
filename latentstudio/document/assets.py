"""Arrays that a document names by digest: masks, latents, fitted weights, photos.

The values stay small that way.
"""

import hashlib
import threading
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import FileError
from latentstudio.document.start import Latent, Start
from latentstudio.document.state import Document, Picture

Array = NDArray[Any]

DTYPES = ("float32", "float16", "uint8")
MAX_BYTES = 256 * 2**20
"""Of one array: a mask of 8,192 x 8,192 in float32."""


class MissingAssetError(FileError):
    """A document names an array that is not there any more."""


class Assets(Protocol):
    """Where arrays are looked up; whoever renders needs no more than that."""

    def get(self, digest: str) -> Array:
        """The array of a digest, not to be written to.

        Of any shape (...): masks (H, W), latents (dim,) or (layers, dim), bytes (n,).

        Raises:
            MissingAssetError: It is not there.
        """
        ...


class KeptAssets(Assets, Protocol):
    """Assets that arrays can be added to."""

    def put(self, array: Array) -> str:
        """Keep an array and give its digest; the same one twice is kept once.

        Of any shape (...).
        """
        ...


class MemoryAssets:
    """Assets in memory. May be used from several threads.

    Args:
        arrays: What there is to begin with.
    """

    def __init__(self, arrays: Iterable[Array] = ()) -> None:
        self._arrays: dict[str, Array] = {}
        self._lock = threading.Lock()
        for array in arrays:
            self.put(array)

    def put(self, array: Array) -> str:
        """Keep an array; see `KeptAssets`."""
        own = sealed(array)
        digest = digest_of_array(own)
        with self._lock:
            self._arrays.setdefault(digest, own)
        return digest

    def get(self, digest: str) -> Array:
        """The array of a digest; see `Assets`."""
        with self._lock:
            found = self._arrays.get(digest)
        if found is None:
            raise missing(digest)
        return found

    def forget(self, digests: Collection[str]) -> None:
        """Drop arrays that nothing names any more."""
        with self._lock:
            for digest in digests:
                self._arrays.pop(digest, None)

    def all(self) -> Mapping[str, Array]:
        """All arrays by digest, of any shape (...); none can be written to."""
        with self._lock:
            return MappingProxyType(dict(self._arrays))


NO_ASSETS: Assets = MemoryAssets()
"""For documents that name none."""


def digest_of_array(array: Array) -> str:
    """SHA-256 over dtype, shape and bytes (little-endian, C order), in hexadecimal.

    The array may be of any shape (...).
    """
    tidy = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    head = f"{tidy.dtype.name}{tuple(array.shape)}".encode()
    return hashlib.sha256(head + tidy.tobytes()).hexdigest()


def sealed(array: Array) -> Array:
    """A copy that nobody can write to; same shape and type, in native byte order.

    Raises:
        ValueError: It holds something else than the numbers masks and latents are made of, NaN
            or infinity, or more of them than any has.
    """
    if array.dtype.name not in DTYPES:
        raise ValueError(f"an asset is of {', '.join(DTYPES)}, not {array.dtype}")
    if array.nbytes > MAX_BYTES or not array.size:
        raise ValueError(f"an asset can't have {array.size:,} numbers")
    if not np.isfinite(array).all():
        raise ValueError("an asset holds NaN or infinity")
    own = np.array(array, array.dtype.newbyteorder("="), order="C")
    own.setflags(write=False)
    return own


def is_digest(text: str) -> bool:
    """Whether a text can be a digest, and so part of a file's name."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def missing(digest: str) -> MissingAssetError:
    """The sentence for an array that is not there."""
    return MissingAssetError(
        f"A mask, latent or fit of this picture is missing ({ascii(digest)[1:9]}). Undo, or open "
        "a file that holds it."
    )


def used_by(doc: Document) -> frozenset[str]:
    """Digests of everything a document names."""
    pictures = (doc.picture, *(shot.picture for shot in doc.snapshots))
    painted = frozenset(region.mask.digest for region in doc.regions)
    return painted.union(*map(used_by_picture, pictures))


def used_by_picture(picture: Picture) -> frozenset[str]:
    """Digests of the masks of a picture and of what its start names."""
    masks = {edit.mask.digest for edit in picture.edits if edit.mask is not None}
    return frozenset(masks | used_by_start(picture.start))


def used_by_start(start: Start) -> frozenset[str]:
    """Digests of a start's latent, of the weights it is drawn with, and of its photo."""
    if not isinstance(start, Latent):
        return frozenset()
    photo = "" if start.photo is None else start.photo.kept
    return frozenset({start.codes, *filter(None, (start.tuning, photo))})
