"""Masks and latents on the disk: a file for each, named by its digest, so none is kept twice."""

import contextlib
import time
from collections.abc import Collection
from pathlib import Path

import safetensors.numpy
from safetensors import SafetensorError

from latentstudio.core import files, paths
from latentstudio.document.assets import (
    MAX_BYTES,
    Array,
    MemoryAssets,
    digest_of_array,
    is_digest,
    missing,
    sealed,
)

ENDING = ".safetensors"
_NAME = "array"
_HEADER = 4096
"""Most bytes of a file beside its array."""
YOUNG_SECONDS = 24 * 3600.0
"""A younger file may be of another window that has not kept its document yet."""


class DiskAssets:
    """Assets in memory that are also on the disk as soon as a document that names them is.

    May be used from several threads.

    Args:
        folder: Where the files are; None for the user's own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or assets_dir()
        self._memory = MemoryAssets()

    def put(self, array: Array) -> str:
        """Keep an array in memory and give its digest; `save` puts it on the disk.

        Of any shape (...).
        """
        return self._memory.put(array)

    def get(self, digest: str) -> Array:
        """The array of a digest, from memory or the disk. Of any shape (...), not to be written to.

        Raises:
            MissingAssetError: It is not there, or damaged.
        """
        known = self._memory.all().get(digest)
        if known is not None:
            return known
        self._memory.put(self._read(digest))
        return self._memory.get(digest)

    def forget(self, digests: Collection[str]) -> None:
        """Drop arrays from memory; those that were saved are still on the disk."""
        self._memory.forget(digests)

    def save(self, digests: Collection[str]) -> None:
        """Put arrays on the disk that are not there yet, each whole or not at all.

        Those that are nowhere are left out: the document that names them is still worth keeping.

        Raises:
            FileError: The folder can't be written to.
            ResourceError: The disk is full.
        """
        known = self._memory.all()
        for digest in digests:
            path = self._path(digest)
            if digest in known and not path.is_file():
                files.write_bytes(path, safetensors.numpy.save({_NAME: known[digest]}))

    def sweep(self, used: Collection[str], now: float | None = None) -> int:
        """Delete files that nothing uses and that are a day old; gives how many went.

        Args:
            used: Digests that stay.
            now: Seconds since 1970; the clock's where it is None.
        """
        then, gone = (time.time() if now is None else now) - YOUNG_SECONDS, 0
        for path in self._folder.glob(f"*{ENDING}"):
            with contextlib.suppress(OSError):
                if path.stem not in used and path.stat().st_mtime < then:
                    path.unlink()
                    gone += 1
        return gone

    def _path(self, digest: str) -> Path:
        if not is_digest(digest):
            raise missing(digest)
        return self._folder / f"{digest}{ENDING}"

    def _read(self, digest: str) -> Array:
        path = self._path(digest)
        try:
            if path.stat().st_size > MAX_BYTES + _HEADER:
                raise ValueError("too large")
            found = sealed(safetensors.numpy.load(files.read_file(path))[_NAME])
        except FileNotFoundError:
            raise missing(digest) from None
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            self._set_aside(path)
            raise missing(digest) from error
        if digest_of_array(found) != digest:
            self._set_aside(path)
            raise missing(digest)
        return found

    @staticmethod
    def _set_aside(path: Path) -> None:
        files.put_aside(path)


def assets_dir() -> Path:
    """Where masks and latents of the user's documents are kept."""
    return paths.data_dir() / "assets"
