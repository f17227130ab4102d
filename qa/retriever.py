"""Questions to passages of one article: nearest vectors and shared words, fused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.index import PassageIndex
from embeddings.lexical import LexicalIndex, fuse
from embeddings.types import Encoder, FloatArray, Hit
from qa.config import RetrievalSettings
from qa.types import RetrievedPassage


class Retriever:
    """Finds the passages of one article that are most relevant to a question."""

    def __init__(self, index: PassageIndex, encoder: Encoder, settings: RetrievalSettings) -> None:
        self._index = index
        self._encoder = encoder
        self._settings = settings
        self._lexical: LexicalIndex | None = None

    def retrieve(self, questions: Sequence[str]) -> list[tuple[RetrievedPassage, ...]]:
        """Passages for each question, most relevant first: every one of a small article, so that the
        reader overlooks nothing where reading all costs little, and the best few of a large one."""
        passages = self._index.passages
        if not questions or not passages:
            return [() for _ in questions]
        if self._lexical is None:
            self._lexical = LexicalIndex(self._index.terms, self._encoder)
        vectors = self._encoder.encode_queries(questions)
        small = len(passages) <= self._settings.read_all
        hits = self._index.search(vectors, len(passages) if small else self._settings.n_candidates)
        n = len(passages) if small else self._settings.n_passages
        rows = zip(vectors, hits, map(self._lexical.score, questions), strict=True)
        return [self._fuse(vector, near, shared)[:n] for vector, near, shared in rows]

    def _fuse(self, vector: FloatArray, near: list[Hit], shared: FloatArray) -> tuple[RetrievedPassage, ...]:
        """The nearest passages and those that share most words with the question, on one scale."""
        cosines = {hit.passage_id: hit.similarity for hit in near}
        if len(cosines) < len(shared):
            cosines |= self._similarities(vector, [i for i in self._most(shared) if i not in cosines])
        ids = list(cosines)
        shares = np.array([cosines[i] for i in ids]), np.array([shared[i] for i in ids])
        relevance = fuse(*shares, self._settings.dense_share)
        found = [
            RetrievedPassage(self._index.passages[i], cosines[i], float(r)) for i, r in zip(ids, relevance, strict=True)
        ]
        return tuple(sorted(found, key=lambda p: (-p.relevance, -p.similarity, p.passage.id)))

    def _most(self, shared: FloatArray) -> list[int]:
        n = min(self._settings.n_candidates, len(shared))
        return [int(i) for i in np.argpartition(-shared, n - 1)[:n] if shared[i] > 0]

    def _similarities(self, vector: FloatArray, ids: list[int]) -> dict[int, float]:
        rows = self._index.vectors(ids)
        return {i: float(np.clip(cosine, -1, 1)) for i, cosine in zip(ids, rows @ vector, strict=True)}
