"""The main job: an article, its index and two models behind `ask` and `ask_many`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoder import load_encoder
from embeddings.errors import EmbeddingError
from embeddings.index import PassageIndex, load_or_build_index
from embeddings.types import Encoder, IntArray, Passage
from qa.annotation import annotate
from qa.article import Article, load_article
from qa.calibration import CALIBRATION_FILE, Calibration, load_calibration
from qa.config import Profile, find_profile
from qa.errors import ArticleError, ModelError, QuestionError
from qa.followup import Turn, understand
from qa.reader import load_reader
from qa.retriever import Retriever
from qa.selection import Reading, find_sentence, pool, select
from qa.types import Answer, Evidence, RetrievedPassage, Timing, Window
from qa.windows import build_windows, find_stretches

if TYPE_CHECKING:
    from qa.reader import Reader

MAX_QUESTION_CHARACTERS = 2_000
BATCH_QUESTIONS = 32
_KEPT_STRETCHES = 512


@dataclass(frozen=True, slots=True)
class Models:
    """An encoder, a reader and the reader's calibration, opened once and shared by many articles."""

    profile: Profile
    encoder: Encoder
    reader: Reader
    calibration: Calibration

    @classmethod
    def load(cls, models: str | Profile = "compact", calibrated: bool = True) -> Models:
        """Open a profile's models; `calibrated` is False where the reader's calibration is about to be fitted,
        so that the one there, which may be damaged, is not read.

        Raises ModelError when one cannot be opened, with the reason.
        """
        profile = find_profile(models)
        unread = () if calibrated else (CALIBRATION_FILE,)
        try:
            encoder = load_encoder(profile.encoder, profile.backend)
            reader = load_reader(profile.reader, profile.reading, profile.backend, unread)
        except EmbeddingError as error:
            raise ModelError(str(error)) from error
        calibration = load_calibration(Path(profile.reader)) if calibrated else Calibration()
        return cls(profile, encoder, reader, calibration)

    @property
    def names(self) -> dict[str, str]:
        """Profile name and the first characters of both models' fingerprints."""
        return {
            "profile": self.profile.name,
            "encoder": self.encoder.fingerprint[:16],
            "reader": self.reader.fingerprint[:16],
        }


def check_question(question: str) -> str:
    """The question without outer space. Raises QuestionError when it is empty, too long or not Unicode."""
    asked = question.strip()
    if not any(character.isalnum() for character in asked):
        raise QuestionError("the question is empty; type a question about the article", "no_question")
    if len(asked) > MAX_QUESTION_CHARACTERS:
        n, limit = len(asked), MAX_QUESTION_CHARACTERS
        message = f"the question has {n:,} characters, at most {limit:,} are read; shorten it"
        raise QuestionError(message, "long_question", n=n, limit=limit)
    if not asked.isascii():
        try:
            asked.encode()
        except UnicodeEncodeError as error:
            message = f"half a character (lone surrogate) at {error.start} of the question"
            raise QuestionError(message, "question_surrogate") from None
    return asked


class ArticleQA:
    """Answers questions about one article."""

    def __init__(self, article: Article, models: Models, index: PassageIndex) -> None:
        self.article = article
        self.models = models
        self._index = index
        self._retriever = Retriever(index, models.encoder, models.profile.retrieval)
        self._token_starts = lru_cache(_KEPT_STRETCHES)(self._find_token_starts)

    @classmethod
    def load(
        cls,
        article: Article | Path | str | None = None,
        models: str | Profile | Models = "compact",
        index: Path | None = None,
        progress: bool = False,
    ) -> ArticleQA:
        """Open an article (see `qa.article.load_article`; None is the seed) and the models to ask it with.

        `index` is a folder in which the article's index is kept between runs; without it the index is
        built in memory. Raises ArticleError or ModelError.
        """
        opened = load_article(article)
        loaded = models if isinstance(models, Models) else Models.load(models)
        settings = loaded.profile.passages
        try:
            if index is None:
                built = PassageIndex.build(opened.text, loaded.encoder, settings, progress)
            else:
                built = load_or_build_index(opened.text, loaded.encoder, index, settings, progress)
        except EmbeddingError as error:
            raise ArticleError(str(error)) from error
        return cls(opened, loaded, built)

    @classmethod
    def load_many(cls, articles: Sequence[Article], models: Models) -> list[ArticleQA]:
        """Open several articles at once, their passages encoded together. Raises ArticleError."""
        texts = [article.text for article in articles]
        try:
            indexes = PassageIndex.build_many(texts, models.encoder, models.profile.passages)
        except EmbeddingError as error:
            raise ArticleError(str(error)) from error
        return [cls(article, models, index) for article, index in zip(articles, indexes, strict=True)]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of the article's index, in the article's order."""
        return self._index.passages

    def reopen(self, article: Article, progress: bool = False) -> ArticleQA:
        """Another article, asked with the same models. Raises ArticleError."""
        return ArticleQA.load(article, self.models, progress=progress)

    @property
    def threshold(self) -> float:
        """Probability in [0, 1] from which an answer is given, where `ask` is not told otherwise."""
        return self.models.calibration.threshold

    @property
    def identity(self) -> dict[str, str]:
        """Hashes of all that decides its answers: article, models, and calibration with settings."""
        models, profile = self.models, self.models.profile
        chosen = (models.calibration, profile.passages, profile.retrieval, profile.reading)
        return {
            "article": self.article.sha256,
            "encoder": models.encoder.fingerprint,
            "reader": models.reader.fingerprint,
            "settings": hashlib.sha256(repr(chosen).encode()).hexdigest(),
        }

    @property
    def n_passages(self) -> int:
        """Number of passages in the article's index."""
        return len(self._index.passages)

    def ask(self, question: str, threshold: float | None = None, history: Sequence[Answer] = ()) -> Answer:
        """Answer one question. After answers in `history`, oldest first, a follow-up such as "et quand ?"
        is made complete first (`qa.followup`); the answer's `question` is what was asked in the end.

        Raises QuestionError when the question is empty or too long.
        """
        before = Turn.of(history[-1].question, history[-1]) if history else None
        return self.ask_many([understand(question, before).question], threshold=threshold)[0]

    def ask_many(
        self, questions: Sequence[str], progress: bool = False, threshold: float | None = None
    ) -> list[Answer]:
        """Answer questions in order. `threshold` in [0, 1] replaces the calibrated one: 0 always answers.

        Raises QuestionError, before anything is read, when one of them is empty or too long.
        """
        asked = [check_question(question) for question in questions]
        return [
            self.answer(reading, timing, threshold)
            for batch in _batches(asked, progress)
            for reading, timing in self.read_many(batch)
        ]

    def retrieve(self, questions: Sequence[str]) -> list[Request]:
        """What the reader is to read for each checked question."""
        found = self._retriever.retrieve(questions)
        return [Request(self, question, row) for question, row in zip(questions, found, strict=True)]

    def answer(self, reading: Reading, timing: Timing, threshold: float | None = None) -> Answer:
        """The answer of a reading of this article, or an abstention; `threshold` as in `ask_many`."""
        models = self.models
        answer = select(reading, self.article, models.calibration, timing, models.names, threshold)
        return annotate(answer, self.article)

    def find_sentence(self, start: int, end: int) -> Evidence:
        """The sentence of the article around characters [start, end)."""
        return find_sentence(self.article, start, end)

    def windows(self, passages: Sequence[RetrievedPassage]) -> tuple[Window, ...]:
        """Reading windows of retrieved passages, sized to leave room for the longest question."""
        reading = self.models.profile.reading
        room = reading.max_tokens - reading.max_question_tokens - 4
        chosen = [r.passage for r in passages]
        starts = [self._token_starts(*stretch) for stretch in find_stretches(chosen)]
        known = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)
        return build_windows(self.article.text, chosen, known, room)

    def _find_token_starts(self, start: int, end: int) -> IntArray:
        """Where tokens begin in characters [start, end): no more of a long article is tokenised than is read."""
        return start + self.models.encoder.token_starts(self.article.text[start:end])

    def read_many(self, questions: Sequence[str]) -> list[tuple[Reading, Timing]]:
        """Retrieve and read checked questions in one batch, before any is answered or abstained from;
        the timing is each question's share."""
        started = time.perf_counter()
        requests = self.retrieve(questions)
        retrieved = time.perf_counter()
        readings = read_requests(requests, self.models)
        ended = time.perf_counter()
        timing = Timing.share(started, retrieved, ended, len(questions))
        return [(reading, timing) for reading in readings]


@dataclass(frozen=True, slots=True)
class Request:
    """A checked question and the passages of `asked`'s article that it is to be answered from."""

    asked: ArticleQA
    question: str
    passages: tuple[RetrievedPassage, ...]


def read_requests(requests: Sequence[Request], models: Models) -> list[Reading]:
    """Read questions, of one article or of many, in one batch: the reader sorts all their windows by
    length. Every request's article is open with `models`.

    Most questions are answered by the passages most relevant to them: those are read first, where the profile
    says so, and all of them only for the questions that this leaves in doubt.
    """
    settings = models.profile.retrieval
    readings = _read(requests, models, settings.n_first or None)
    partly = [i for i, request in enumerate(requests) if 0 < settings.n_first < len(request.passages)]
    in_doubt = [i for i in partly if all(found.score < settings.sure for found in readings[i].ranked)]
    if in_doubt:
        for i, reading in zip(in_doubt, _read([requests[i] for i in in_doubt], models), strict=True):
            readings[i] = reading
    return readings


def _read(requests: Sequence[Request], models: Models, n_passages: int | None = None) -> list[Reading]:
    """Read the first `n_passages` passages of each request, or all."""
    asked = [(request.question, request.asked.windows(request.passages[:n_passages])) for request in requests]
    max_answer, weight = models.profile.reading.max_answer_tokens, models.profile.retrieval.weight
    return [
        pool(request.question, request.asked.article, scores, request.passages, max_answer, weight)
        for request, scores in zip(requests, models.reader.read(asked), strict=True)
    ]


def _batches(questions: list[str], progress: bool) -> Iterator[list[str]]:
    from tqdm.auto import tqdm

    with tqdm(total=len(questions), unit="question", disable=not progress) as bar:
        for start in range(0, len(questions), BATCH_QUESTIONS):
            batch = questions[start : start + BATCH_QUESTIONS]
            yield batch
            bar.update(len(batch))


@lru_cache(maxsize=4)
def _opened(article: Article, models: str | Profile) -> ArticleQA:
    return ArticleQA.load(article, _shared_models(models))


@lru_cache(maxsize=1)
def _shared_models(models: str | Profile) -> Models:
    return Models.load(models)


def ask(question: str, article: Article | Path | str | None = None, models: str | Profile = "compact") -> Answer:
    """Answer one question about an article (None is the seed). The last few articles stay open.

    Raises a DispatchError when the question, the article or the models cannot be read.
    """
    return _opened(load_article(article), models).ask(question)
