"""Read a JSON document piece by piece, so that a file of many articles never lies in memory whole."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError

_CHUNK = 1 << 16
_SPACE = " \t\r\n"
_NUMBER = "0123456789+-.eE"


class JsonStream:
    """A cursor in a JSON text; `line` is where it stands, from 1."""

    def __init__(self, path: Path, expected: str = "SQuAD JSON") -> None:
        self._path = path
        self._file = path.open("rb")
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._n_bytes = 0
        self._ended = False
        self._expected = expected
        self.line = 1

    def __enter__(self) -> JsonStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _fail(self, reason: str, line: int | None = None) -> EvaluationError:
        where = self.line if line is None else line
        return EvaluationError(f"{self._path}: line {where}: {reason}; expected {self._expected}")

    def _fill(self) -> bool:
        """Read as much again as is held; False at the end of the file."""
        if self._ended:
            return False
        raw = self._file.read(max(_CHUNK, len(self._text) - self._at))
        try:
            more = self._decode.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            place = self._n_bytes + error.start
            raise EvaluationError(f"{self._path}: near byte {place}: not UTF-8; expected {self._expected}") from None
        self._n_bytes += len(raw)
        self._ended = not raw
        self._text, self._at = self._text[self._at :] + more, 0
        return True

    def _advance(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def peek(self) -> str:
        """The next character that is not white space, "" at the end."""
        while True:
            end = self._at
            while end < len(self._text) and self._text[end] in _SPACE:
                end += 1
            self._advance(end)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def take(self, wanted: str) -> str:
        """Step over one of the characters of `wanted`."""
        found = self.peek()
        if not found or found not in wanted:
            choice = " or ".join(map(repr, wanted))
            raise self._fail(f"found {found!r} where {choice} should be" if found else "ends too early")
        self._advance(self._at + 1)
        return found

    def read_value(self) -> Any:
        """The next value, whole."""
        if not self.peek():
            raise self._fail("ends too early")
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._fill():
                    before = self._text.count("\n", self._at, error.pos)
                    raise self._fail(error.msg, self.line + before) from None
                continue
            except RecursionError:
                raise self._fail("nested too deep") from None
            except ValueError:  # Python reads no number of thousands of digits
                raise self._fail("a number has too many digits") from None
            may_go_on = self._text[end : end + 1] in _NUMBER  # at the end, or before what may be 1.5 or 1e5
            if not may_go_on or not self._fill():
                self._advance(end)
                return found

    def read_array(self) -> Iterator[Any]:
        """The values of an array, one after the other."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.read_value()
            if self.take(",]") == "]":
                return

    def read_keys(self) -> Iterator[str]:
        """The keys of an object; the caller reads the value after each."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                raise self._fail("no key in quotes")
            key = str(self.read_value())
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    def finish(self) -> None:
        """Check that nothing follows."""
        if self.peek():
            raise self._fail("text after the end of the document")
