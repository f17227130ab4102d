"""Question and windows to start, end and null scores."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from embeddings.bert import WEIGHT_ERRORS, chooses_int8, mark_identity, open_bert
from embeddings.bundle import MANIFEST, open_bundle
from embeddings.errors import BundleError, first_line
from embeddings.tokenizer import read_tokenizer
from embeddings.types import Backend
from qa.config import ReaderSettings
from qa.errors import ModelError
from qa.pairs import PairTokenizer, Piece
from qa.types import FloatArray, Window, WindowLogits

HEAD = "qa_outputs"
"""The linear layer that makes a token's start and end score of its vector."""


class Scorer(Protocol):
    """A question-answering model."""

    def run(self, rows: Sequence[Any]) -> list[FloatArray]:
        """Start and end scores [n_tokens, 2] of each encoding, in order."""
        ...


class Reader:
    """A question-answering model and its tokenizer."""

    def __init__(
        self, scorer: Scorer, pairs: PairTokenizer, settings: ReaderSettings, fingerprint: str, name: str
    ) -> None:
        self._scorer = scorer
        self._pairs = pairs
        self.settings = settings
        self.fingerprint = fingerprint
        self.name = name

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        """Scores of each question on each of its windows.

        A window too long for the model gives several records that overlap by `stride` tokens.
        """
        cut = [self._pairs.encode(question, windows) for question, windows in requests]
        scores = iter(self._scorer.run([piece.encoding for pieces in cut for piece in pieces]))
        return [[_window_logits(piece, next(scores)) for piece in pieces] for pieces in cut]


def _window_logits(piece: Piece, scores: FloatArray) -> WindowLogits:
    """Scores [n_tokens, 2] with their offsets in the article."""
    offsets = np.array(piece.encoding.offsets, dtype=np.int64).reshape(-1, 2)
    in_window = piece.in_window & (offsets[:, 1] > offsets[:, 0])
    start, end = np.ascontiguousarray(scores.T)
    return WindowLogits(start, end, float(start[0]) + float(end[0]), offsets + piece.window.start, in_window)


def load_reader(name: str, settings: ReaderSettings, backend: Backend = "auto", unread: Collection[str] = ()) -> Reader:
    """Open a reader: a weights folder with a manifest, another folder, or a hub name. `unread` as in
    `open_bundle`.

    Raises BundleError for a damaged bundle, ModelError when it cannot be opened or has no fast tokenizer.
    """
    folder = Path(name)
    identity = open_bundle(folder, "reader", unread).fingerprint if (folder / MANIFEST).is_file() else name
    try:
        found = None if backend == "transformers" else _open_graph(folder, settings, backend, identity)
        if found is None and backend in ("int8", "fp32"):
            raise ValueError(f"no BERT, so {backend} does not run it")
        return _open_reference(name, settings, identity) if found is None else found
    except (ModelError, BundleError):
        raise
    except WEIGHT_ERRORS as error:
        reason = first_line(error).rstrip(".")
        raise ModelError(
            f"reader {name!r} could not be opened: {reason}; "
            "expected a question-answering model's folder or a hub name that can be reached"
        ) from error


def _open_graph(folder: Path, settings: ReaderSettings, backend: Backend, identity: str) -> Reader | None:
    """The reader without torch; None where its folder holds no BERT, or is none."""
    int8 = chooses_int8(folder, backend)
    bert = open_bert(folder, int8, HEAD) if folder.is_dir() else None
    if bert is None:
        return None
    pairs = PairTokenizer(read_tokenizer(folder), settings)
    return Reader(bert, pairs, settings, mark_identity(identity, int8), folder.name)


def _open_reference(name: str, settings: ReaderSettings, identity: str) -> Reader:
    from qa.reference import open_reference

    scorer = open_reference(name, settings.batch_tokens)
    return Reader(scorer, PairTokenizer(scorer.tokenizer, settings), settings, identity, Path(name).name)
