"""BM25 across two languages: shared words, stems, translations, and what a word table says is near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import HashEncoder

from embeddings.encoder import load_encoder
from embeddings.lexical import LexicalIndex
from embeddings.neighbours import LARGEST_TABLE, WordNeighbours
from embeddings.words import split_words, stem

PASSAGES = ("La grève des dockers a duré deux jours.", "Le ministre a signé l'accord.", "Il pleut sur le port.")


class Translator(HashEncoder):
    """Knows what a few words mean in the other language."""

    NEAR = {"strike": (("greve", 0.9),), "chairman": (("ministre", 0.8), ("accord", 0.5))}  # noqa: RUF012

    def similar_words(self, words: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        return [self.NEAR.get(word, ()) for word in words]


def test_words_are_folded_and_cut_to_stems() -> None:
    assert split_words("L’Œuvre d'Été, n° 12 : « ÇA » !") == ["l", "oeuvre", "d", "ete", "n", "12", "ca"]
    assert stem("ministres") == stem("ministre") == "minist"


def test_a_shared_word_finds_its_passage_in_either_spelling() -> None:
    index = LexicalIndex(PASSAGES, HashEncoder())
    for question in ("Qui a fait GREVE ?", "les grèves", "docker"):
        assert index.score(question).argmax() == 0
    assert index.score("snow").tolist() == [0, 0, 0]


def test_weights_are_those_of_another_bm25() -> None:
    import bm25s

    texts = [*PASSAGES, "La grève, la grève, encore la grève du port.", "Le port, le ministre, la pluie."] * 3
    ranker = bm25s.BM25()
    ranker.index([[stem(word) for word in split_words(text)] for text in texts], show_progress=False)
    index = LexicalIndex(texts, HashEncoder())
    for question in ("grève", "la grève du port", "le ministre et la pluie"):
        words = list(dict.fromkeys(stem(word) for word in split_words(question)))
        np.testing.assert_allclose(index.score(question), ranker.get_scores(words), rtol=1e-5)


def test_a_translation_finds_the_passage_and_weighs_less_than_the_word_itself() -> None:
    index = LexicalIndex(PASSAGES, Translator())
    assert index.score("the strike").argmax() == 0
    assert 0 < index.score("strike")[0] < index.score("grève")[0]


def test_a_word_counts_once_however_many_synonyms_a_passage_holds() -> None:
    index = LexicalIndex(PASSAGES, Translator())
    single = LexicalIndex(PASSAGES, HashEncoder()).score("ministre")[1]
    assert index.score("chairman")[1] == pytest.approx(0.9 * 0.8**2 * single)


@pytest.mark.parametrize("passages", [(), ("…",), ("?", "!")])
def test_nothing_to_find_is_no_error(passages: tuple[str, ...]) -> None:
    assert LexicalIndex(passages, HashEncoder()).score("Qui ?").tolist() == [0.0] * len(passages)


def test_neighbours_are_whole_words_nearest_first_without_the_word_itself() -> None:
    vocabulary = {"[PAD]": 0, "greve": 1, "strike": 2, "##ing": 3, "walkout": 4, "rain": 5}
    table = np.array([[0, 0, 0], [1, 0.1, 0], [1, 0, 0], [1, 0, 0], [1, 0.9, 0], [-4, -1, 0]], dtype=np.float32)
    near, unknown = WordNeighbours(vocabulary, table).find(["strike", "docker"])
    assert [word for word, _ in near] == ["greve", "walkout"]
    assert near[0][1] > near[1][1]
    assert unknown == ()


def test_a_hub_models_large_table_is_left_alone() -> None:
    table = np.ones((LARGEST_TABLE + 1, 1), dtype=np.float32)
    assert WordNeighbours({"strike": 0, "greve": 1}, table).find(["strike"]) == [()]


@pytest.mark.parametrize(("english", "french"), [("strike", "greve"), ("minister", "ministre"), ("why", "pourquoi")])
def test_the_shipped_word_table_translates(english: str, french: str) -> None:
    (near,) = load_encoder().similar_words([english])
    assert french in [word for word, _ in near[:5]]
