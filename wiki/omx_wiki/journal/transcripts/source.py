"""Open a transcript's bytes: a regular file, plain or compressed with zstd."""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, cast

from omx_wiki.errors import InvalidInputError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_BUFFER = 1 << 18


class CompressedTranscriptError(UnavailableError):
    """The transcript is compressed and this Python has no zstd decoder."""


def open_bytes(path: str | os.PathLike[str]) -> tuple[BinaryIO, int | None]:
    """Open a transcript and return its plain bytes with their number.

    The number is None for a compressed file, which does not tell it. Raises NotFoundError,
    UnavailableError for an unreadable file, InvalidInputError for anything but a regular file and
    CompressedTranscriptError.
    """
    name = os.fspath(path)
    try:
        # O_NONBLOCK: a FIFO of that name must not hold us for ever.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise NotFoundError(f"no transcript at {name}") from error
    except OSError as error:
        raise UnavailableError(f"cannot read {name}: {error.strerror}") from error
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise InvalidInputError(f"{name} is not a regular file")
    file = open(descriptor, "rb", _BUFFER)  # noqa: SIM115  the caller closes it
    magic = file.read(len(_ZSTD_MAGIC))
    if magic != _ZSTD_MAGIC:
        file.seek(0)
        return file, about.st_size
    file.close()
    decoder = zstd_decoder()
    if decoder is None:
        raise CompressedTranscriptError(
            f"{name} is compressed with zstd and was skipped",
            "install the package zstandard, or use Python 3.14 or newer",
        )
    return decoder(name), None


def zstd_decoder() -> Callable[[str], BinaryIO] | None:
    """Return a function that opens a zstd file for reading, None when no decoder is installed."""
    import importlib

    for module in ("compression.zstd", "zstandard"):
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        return partial(_decode, found.open)
    return None


def _decode(opener: Callable[[str, str], object], name: str) -> BinaryIO:
    return cast("BinaryIO", opener(name, "rb"))
