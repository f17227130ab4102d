"""Texts that wait on the disk until they are wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from weakref import finalize


class Texts(Mapping[str, str]):
    """Texts by name, in a temporary file that ends with this object; only names and places are held."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with this object
        self._places: dict[str, tuple[int, int]] = {}
        finalize(self, self._file.close)

    def add(self, name: str, text: str) -> None:
        """Keep a text; it takes the place of an earlier one of that name. Raises OSError when the disk is full."""
        raw = text.encode("utf-8", "surrogatepass")
        self._places[name] = self._file.seek(0, os.SEEK_END), len(raw)
        self._file.write(raw)

    def __getitem__(self, name: str) -> str:
        start, size = self._places[name]
        self._file.seek(start)
        return self._file.read(size).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
