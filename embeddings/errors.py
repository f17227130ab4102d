"""Errors of text in, vectors out.

EmbeddingError(Exception)
├── BundleError   a weights folder is missing, incomplete, damaged or of another kind
├── EncoderError  an encoder could not be opened, or was given what it cannot read
└── VectorIndexError  an index could not be built, read or searched
"""

from __future__ import annotations


class EmbeddingError(Exception):
    """Root of this package's errors; the message says what was found, what was expected, what to do."""


class BundleError(EmbeddingError):
    """A weights folder is missing, incomplete, damaged or of another kind."""


class EncoderError(EmbeddingError):
    """An encoder could not be opened, or was given what it cannot read."""


class VectorIndexError(EmbeddingError):
    """An index could not be built, read or searched."""


def first_line(error: Exception) -> str:
    """What an error says, cut after its first line; its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
