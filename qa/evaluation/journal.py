"""The journal of a run: one line a batch, only ever added to, so that a run stopped at any moment goes on.

Each line ends with the hash of what stands before it. One process at a time writes a journal.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from qa.errors import EvaluationError
from qa.evaluation.outcome import Outcome

JOURNAL = "journal.jsonl"
FORMAT = 3
_SEAL = b',"sha256":"%b"}\n'
_SEAL_LENGTH = len(_SEAL % bytes(64))


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a batch's line begins in the journal, how many outcomes it has, and the run's seconds at its end."""

    offset: int
    n_outcomes: int
    elapsed: float


class Journal:
    """An open journal. `header` names what was asked and with what; `entries` are the batches it holds,
    by batch number."""

    def __init__(self, path: Path, header: dict[str, Any], entries: dict[int, Entry]) -> None:
        self.path = path
        self.header = header
        self.entries = entries
        self._file: BinaryIO | None = None

    @classmethod
    def create(cls, path: Path, header: dict[str, Any]) -> Journal:
        """A new journal. One of an earlier run is kept beside it under the name `previous-...`. Raises
        EvaluationError where another process is writing that."""
        journal = cls(path, header, {})
        if path.exists():
            journal._hold()
            os.replace(path, path.with_name(f"previous-{path.name}"))
            journal.close()
        journal._append({"journal": FORMAT, "run": header})
        return journal

    @classmethod
    def load(cls, path: Path) -> Journal:
        """Read a journal. What follows its last whole line, of a run killed while writing, is left out;
        raises EvaluationError for a file that is no journal or is damaged before its end."""
        try:
            with path.open("rb") as file:
                first = file.readline()
                if not first.startswith(b'{"journal":%d,' % FORMAT):
                    raise EvaluationError(f"{path}: line 1: not the journal of an evaluation by this version")
                header = _parse(first, path, 1)
                entries: dict[int, Entry] = {}
                offset = len(first)
                for number, line in enumerate(file, 2):
                    if line.endswith(b"\n"):
                        record = _parse(line, path, number)
                        entries[record["batch"]] = Entry(offset, len(record["results"]), record["elapsed"])
                        offset += len(line)
        except OSError as error:
            raise EvaluationError(
                f"{path}: cannot be read ({error.strerror or error}); expected a run's folder"
            ) from None
        except (KeyError, TypeError) as error:
            raise EvaluationError(f"{path}: not the journal of an evaluation ({error!r})") from None
        return cls(path, header["run"], entries)

    def resume(self) -> None:
        """Cut off what follows the last whole line, to write on from there. Raises EvaluationError where
        another process is writing it."""
        held = self._hold()
        with self.path.open("rb") as file:
            whole = sum(len(line) for line in file if line.endswith(b"\n"))
        held.truncate(whole)

    @property
    def elapsed(self) -> float:
        """Seconds the run has taken up to its last batch."""
        return max((entry.elapsed for entry in self.entries.values()), default=0.0)

    @property
    def n_outcomes(self) -> int:
        """Number of questions with an outcome."""
        return sum(entry.n_outcomes for entry in self.entries.values())

    def add(self, batch: int, outcomes: Sequence[Outcome], elapsed: float) -> None:
        """Write a batch in one piece and wait until the disk has it."""
        record = {"batch": batch, "elapsed": round(elapsed, 3), "results": [o.to_dict() for o in outcomes]}
        offset = self._append(record)
        self.entries[batch] = Entry(offset, len(outcomes), elapsed)

    def read(self) -> Iterator[Outcome]:
        """All outcomes, in the order of the questions in their source. Few are held: a batch has questions
        that stand near each other."""
        waiting: dict[int, Outcome] = {}
        n = 0
        for outcome in self._read_batches():
            waiting[outcome.position] = outcome
            while n in waiting:
                yield waiting.pop(n)
                n += 1
        yield from (waiting[position] for position in sorted(waiting))  # behind a batch that is missing

    def _read_batches(self) -> Iterator[Outcome]:
        with self.path.open("rb") as file:
            for number, entry in sorted(self.entries.items()):
                file.seek(entry.offset)
                record = _parse(file.readline(), self.path, number)
                try:
                    yield from map(Outcome.from_dict, record["results"])
                except (KeyError, TypeError, IndexError, ValueError) as error:
                    raise EvaluationError(f"{self.path}: batch {number} is damaged ({error!r})") from None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _hold(self) -> BinaryIO:
        """The file, open, and this process's alone until it is closed."""
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
            if not _lock(self._file):
                self.close()
                raise EvaluationError(f"{self.path}: another run is writing it; wait for that, or name another folder")
        return self._file

    def _append(self, record: dict[str, Any]) -> int:
        file = self._hold()
        offset = file.seek(0, os.SEEK_END)
        body = json.dumps(record, separators=(",", ":")).encode()[:-1]
        line = memoryview(body + _seal(body))
        while line:
            line = line[file.write(line) :]
        os.fsync(file.fileno())
        return offset


def _lock(file: BinaryIO) -> bool:
    """Whether no other process has the file; the system takes the lock back from one that was killed."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _seal(body: bytes) -> bytes:
    """The end of a line: the hash of the rest."""
    return _SEAL % hashlib.sha256(body).hexdigest().encode()


def _parse(line: bytes, path: Path, number: int) -> dict[str, Any]:
    body = line[:-_SEAL_LENGTH]
    if body + _seal(body) != line:
        raise EvaluationError(f"{path}: line {number} is damaged; start over without --resume")
    record: dict[str, Any] = json.loads(body + b"}")
    return record
