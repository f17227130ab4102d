"""Stand-ins for the two models, and the texts that properties are tried on."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from embeddings.encoder import EncoderSource
from embeddings.types import FindWords, FloatArray, IntArray, PassageSettings
from qa.calibration import Calibration
from qa.config import Profile, ReaderSettings, RetrievalSettings
from qa.pipeline import Models
from qa.reader import Reader
from qa.types import Window, WindowLogits

WHOLE_WORDS = r"\S+"
WORD_PIECES = r"\w{1,3}|[^\w\s]"
N_QUESTION_TOKENS = 3
NOTHING: Any = None
"""In place of a model and a tokenizer that are never asked."""

_FRAGMENTS = (
    "Paris",
    "M.",
    "MM. Durand",
    "janv.",
    "l'O.N.U.",
    "l’Otan",
    "a-t-il dit.",
    "3\u202f400",
    "98%",
    "«\u00a0oui\u00a0»",
    '"Non !"',
    "(...)",
    "…",
    "Quoi ?",
    "fin.",
    "E\u0301te\u0301",
    "été",
    "ﬁn",
    "cœur",
    "😀",
    "👩‍🚀",
    "日本語。東京へ",
    "a" * 150 + ".",
    "b" * 450,
)
_GAPS = (
    " ",
    " ",
    " ",
    "",
    "\n",
    "\r\n",
    "\r\n\r\n",
    "\n\n",
    "\n \t\n",
    "\r",
    "\u00a0",
    "\u202f",
    "\t",
    "\u2028",
    "\u2029",
)

mixed_texts = st.lists(st.tuples(st.sampled_from(_FRAGMENTS), st.sampled_from(_GAPS)), max_size=60).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
any_texts = st.one_of(st.text(max_size=300), mixed_texts)
article_texts = any_texts.filter(lambda text: any(c.isalnum() for c in text))


def find_starts(pattern: str, text: str) -> IntArray:
    """Where each token of `pattern` begins."""
    return np.array([match.start() for match in re.finditer(pattern, text)], dtype=np.int64)


class HashEncoder:
    """Sums one random vector a word, seeded by the word; counts the passages it was given."""

    def __init__(self, fingerprint: str = "hash", dimension: int = 32, pattern: str = WORD_PIECES) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.n_passages = 0
        self._pattern = pattern

    def token_starts(self, text: str) -> IntArray:
        return find_starts(self._pattern, text)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return np.array([self._row(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        self.n_passages += len(texts)
        return self.encode_queries(texts)

    def word_finder(self, stems: Container[str] | None = None) -> FindWords:
        return lambda words: [() for _ in words]

    def _row(self, text: str) -> FloatArray:
        row = np.full(self.dimension, 1e-3)
        for word in re.findall(r"\w+", text.lower()):
            row += np.random.default_rng(zlib.crc32(word.encode())).normal(size=self.dimension)
        unit: FloatArray = (row / np.linalg.norm(row)).astype(np.float32)
        return unit


def make_logits(
    offsets: Sequence[tuple[int, int]], start: Sequence[float], end: Sequence[float], null: float = 0.0
) -> WindowLogits:
    """Logits of a context's tokens, behind a first token and a question that score high and are masked."""
    n_before = 1 + N_QUESTION_TOKENS
    head = np.array([null / 2] + [90.0] * N_QUESTION_TOKENS)
    places = np.array([(0, 0)] * n_before + list(offsets), dtype=np.int64)
    mask = np.arange(len(places)) >= n_before
    return WindowLogits(
        np.concatenate([head, start]).astype(np.float32),
        np.concatenate([head, end]).astype(np.float32),
        null,
        places,
        mask,
    )


class RandomReader(Reader):
    """Random scores that depend on the seed, the question and the window alone."""

    def __init__(self, seed: int = 0, pattern: str = WHOLE_WORDS) -> None:
        super().__init__(NOTHING, NOTHING, ReaderSettings(), f"random reader {seed}", "random")
        self._seed = seed
        self._pattern = pattern

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        return [[self._score(question, window) for window in windows] for question, windows in requests]

    def _score(self, question: str, window: Window) -> WindowLogits:
        key = f"{self._seed} {question} {window.start} {window.end}"
        random = np.random.default_rng(zlib.crc32(key.encode()))
        found = [match.span() for match in re.finditer(self._pattern, window.text)]
        offsets = [(window.start + a, window.start + b) for a, b in found]
        start, end = random.normal(scale=4, size=(2, len(offsets)))
        return make_logits(offsets, start.tolist(), end.tolist(), float(random.normal(scale=4)))


@dataclass(frozen=True, slots=True)
class Plant:
    """What a question is answered with, and by how much it beats the null."""

    phrase: str
    margin: float = 10.0


class PlantedReader(RandomReader):
    """Finds the phrase planted for a question; every other span scores 20 under the null."""

    def __init__(self, plants: dict[str, Plant]) -> None:
        super().__init__(pattern=r"\w+|[^\w\s]")
        self._plants = plants

    def _score(self, question: str, window: Window) -> WindowLogits:
        offsets = [match.span() for match in re.finditer(self._pattern, window.text)]
        start, end = [-10.0] * len(offsets), [-10.0] * len(offsets)
        plant = self._plants.get(question)
        place = -1 if plant is None else window.text.find(plant.phrase)
        if plant is not None and place >= 0:
            start[[a for a, _ in offsets].index(place)] = plant.margin / 2
            end[[b for _, b in offsets].index(place + len(plant.phrase))] = plant.margin / 2
        return make_logits([(window.start + a, window.start + b) for a, b in offsets], start, end)


def fake_models(
    reader: Reader,
    encoder: HashEncoder | None = None,
    calibration: Calibration | None = None,
    retrieval: RetrievalSettings | None = None,
    passages: PassageSettings | None = None,
) -> Models:
    """Models to ask with, without weights."""
    profile = Profile(
        "fake",
        EncoderSource("fake"),
        "fake",
        PassageSettings(max_tokens=24) if passages is None else passages,
        RetrievalSettings() if retrieval is None else retrieval,
    )
    return Models(
        profile,
        HashEncoder() if encoder is None else encoder,
        reader,
        Calibration() if calibration is None else calibration,
    )


DAMAGES = ("weights cut", "weights removed", "tokenizer removed", "config garbage", "empty")


def damage_folder(folder: Path, damage: str) -> None:
    """Make a model's folder one that cannot be opened, in one of the ways of DAMAGES."""
    weights = folder / "model.safetensors"
    if damage == "weights cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "weights removed":
        weights.unlink()
    elif damage == "tokenizer removed":
        (folder / "tokenizer.json").unlink()
    elif damage == "config garbage":
        (folder / "config.json").write_text("{", encoding="utf-8")
    else:
        shutil.rmtree(folder)
        folder.mkdir()
