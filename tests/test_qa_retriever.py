"""Nearest vectors and shared words on one scale."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import HashEncoder

from embeddings.index import PassageIndex
from embeddings.types import PassageSettings
from qa.config import RetrievalSettings
from qa.retriever import Retriever
from qa.types import RetrievedPassage

TEXT = "\n\n".join(f"La ville {i} a voté le budget {i * 7}." for i in range(60))
QUESTION = "Quelle ville a voté le budget 245 ?"


def retrieve(settings: RetrievalSettings, question: str = QUESTION) -> tuple[RetrievedPassage, ...]:
    encoder = HashEncoder()
    index = PassageIndex.build(TEXT, encoder, PassageSettings(32))
    return Retriever(index, encoder, settings).retrieve([question])[0]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_passage_that_shares_the_rare_word_leads(share: float) -> None:
    found = retrieve(RetrievalSettings(n_passages=5, read_all=10, dense_share=share))
    assert len(found) == 5
    assert "245" in found[0].passage.text
    assert [p.relevance for p in found] == sorted((p.relevance for p in found), reverse=True)
    assert all(0 <= p.relevance <= 1 for p in found)


def test_words_bring_in_a_passage_that_the_nearest_vectors_leave_out() -> None:
    settings = RetrievalSettings(n_passages=3, read_all=10, n_candidates=3, dense_share=0.0)
    assert "245" in retrieve(settings, "245")[0].passage.text


def test_similarities_are_the_vectors_own_cosines() -> None:
    encoder = HashEncoder()
    found = retrieve(RetrievalSettings(n_passages=8, read_all=10, n_candidates=4))
    query = encoder.encode_queries([QUESTION])[0]
    for each in found:
        own = encoder.encode_passages([each.passage.text])[0]
        assert each.similarity == pytest.approx(float(np.clip(query @ own, -1, 1)), abs=1e-5)


def test_a_small_article_is_given_whole() -> None:
    assert len(retrieve(RetrievalSettings(read_all=60))) == 60


def test_with_no_share_for_the_words_the_cosines_decide() -> None:
    cosines = [p.similarity for p in retrieve(RetrievalSettings(n_passages=9, read_all=10, dense_share=1.0))]
    assert cosines == sorted(cosines, reverse=True)
