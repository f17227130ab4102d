"""Which names have been seen, without keeping them."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

_MOST_NEW = 4096


class Seen:
    """A set of names that takes 8 bytes for each: their 64-bit hashes, sorted, beside the newest ones.

    Of n names, some two are taken for one with a probability of n^2 / 2^65: 3e-10 for 100,000.
    """

    def __init__(self) -> None:
        self._sorted = np.empty(0, np.uint64)
        self._new: set[int] = set()

    def add(self, name: str) -> bool:
        """Remember a name; whether it is a new one."""
        number = int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        place = int(np.searchsorted(self._sorted, np.uint64(number)))
        if number in self._new or (place < len(self._sorted) and int(self._sorted[place]) == number):
            return False
        self._new.add(number)
        if len(self._new) == _MOST_NEW:
            self._sorted = np.sort(np.concatenate([self._sorted, np.fromiter(self._new, np.uint64)]))
            self._new.clear()
        return True
