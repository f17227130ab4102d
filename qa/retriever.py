"""Questions to passages of one article."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.index import PassageIndex
from embeddings.types import Encoder
from qa.config import RetrievalSettings
from qa.types import RetrievedPassage


class Retriever:
    """Finds the passages of one article that are most similar to a question."""

    def __init__(self, index: PassageIndex, encoder: Encoder, settings: RetrievalSettings) -> None:
        self._index = index
        self._encoder = encoder
        self._settings = settings

    def retrieve(self, questions: Sequence[str]) -> list[tuple[RetrievedPassage, ...]]:
        """Passages for each question, most similar first: every one of a small article, so that the
        reader overlooks nothing where reading all costs little, and the best few of a large one."""
        passages = self._index.passages
        if not questions or not passages:
            return [() for _ in questions]
        n = len(passages) if len(passages) <= self._settings.read_all else self._settings.n_passages
        hits = self._index.search(self._encoder.encode_queries(questions), n)
        return [tuple(RetrievedPassage(passages[hit.passage_id], hit.similarity) for hit in found) for found in hits]
