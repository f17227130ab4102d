"""Question and windows to tokens; a window's own are found once, whatever it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.tokenizer import copy_tokenizer
from qa.config import ReaderSettings
from qa.types import BoolArray, Window

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_KEPT_TEXTS = 512


@dataclass(frozen=True, slots=True)
class Piece:
    """What the reader reads in one go: a question with a window, or with a part of one that is too long.
    `in_window` [n_tokens] is true for the window's own tokens."""

    window: Window
    encoding: Any
    in_window: BoolArray


class PairTokenizer:
    """Puts a question and a window together. `tokenizer` reads whole texts."""

    def __init__(self, tokenizer: Tokenizer, settings: ReaderSettings) -> None:
        self._plain = tokenizer
        self._stride = settings.stride
        self._n_special = tokenizer.num_special_tokens_to_add(is_pair=True)
        self._room, self._limit = settings.max_tokens, settings.max_question_tokens
        self._tokens = lru_cache(_KEPT_TEXTS)(self._tokenise)

    def encode(self, question: str, windows: Sequence[Window]) -> list[Piece]:
        """The question, cut after its last token within the limit, with each window; windows that are too
        long give several pieces, which overlap."""
        if not windows:
            return []
        asked = self._shorten(question)
        return [piece for window in windows for piece in self._pair(asked, window)]

    def _pair(self, asked: str, window: Window) -> list[Piece]:
        """Tokens of both put together where they fit; where they do not, the library cuts the window, and
        finds its tokens anew: put together from parts, its overflow is numbered as if it were the question."""
        question, text = self._tokens(asked), self._tokens(window.text)
        if len(question) + len(text) + self._n_special <= self._room:
            encoding = self._plain.post_process(question, text)
            in_window = np.array(encoding.special_tokens_mask) == 0
            in_window[np.flatnonzero(in_window)[: len(question)]] = False
            return [Piece(window, encoding, in_window)]
        cut = self._cutting.encode(asked, window.text)
        return [Piece(window, each, np.array(each.sequence_ids) == 1) for each in (cut, *cut.overflowing)]

    @cached_property
    def _cutting(self) -> Tokenizer:
        """A copy that cuts, made when the first window is too long: it takes as long as opening the tokenizer."""
        copied = copy_tokenizer(self._plain)
        copied.enable_truncation(self._room, stride=self._stride, strategy="only_second")
        return copied

    def _tokenise(self, text: str) -> Any:
        return self._plain.encode(text, add_special_tokens=False)

    def _shorten(self, question: str) -> str:
        offsets = self._tokens(question).offsets
        return question if len(offsets) <= self._limit else question[: offsets[self._limit - 1][1]]
