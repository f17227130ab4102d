"""BM25 across two languages: shared words, stems, translations, and what a word table says is near."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder

from embeddings.encoder import load_encoder
from embeddings.lexical import LexicalIndex
from embeddings.neighbours import LARGEST_TABLE, WordFinder, WordTable
from embeddings.terms import TermWeights
from embeddings.types import FindWords, Neighbours
from embeddings.words import split_words, stem

PASSAGES = ("La grève des dockers a duré deux jours.", "Le ministre a signé l'accord.", "Il pleut sur le port.")


class Translator(HashEncoder):
    """Knows what a few words mean in the other language."""

    NEAR = {"strike": (("greve", 0.9),), "chairman": (("ministre", 0.8), ("accord", 0.5))}  # noqa: RUF012

    def word_finder(self, stems: Container[str] | None = None) -> FindWords:
        def find(words: Sequence[str]) -> list[Neighbours]:
            near = [self.NEAR.get(word, ()) for word in words]
            return [tuple(pair for pair in row if stems is None or stem(pair[0]) in stems) for row in near]

        return find


def index_of(passages: Sequence[str], encoder: HashEncoder) -> LexicalIndex:
    return LexicalIndex(TermWeights.build(passages), encoder)


def test_words_are_folded_and_cut_to_stems() -> None:
    assert split_words("L’Œuvre d'Été, n° 12 : « ÇA » !") == ["l", "oeuvre", "d", "ete", "n", "12", "ca"]
    assert stem("ministres") == stem("ministre") == "minist"


def test_a_shared_word_finds_its_passage_in_either_spelling() -> None:
    index = index_of(PASSAGES, HashEncoder())
    for question in ("Qui a fait GREVE ?", "les grèves", "docker"):
        assert index.score(question).argmax() == 0
    assert index.score("snow").tolist() == [0, 0, 0]


def test_weights_are_those_of_another_bm25() -> None:
    import bm25s

    texts = [*PASSAGES, "La grève, la grève, encore la grève du port.", "Le port, le ministre, la pluie."] * 3
    ranker = bm25s.BM25()
    ranker.index([[stem(word) for word in split_words(text)] for text in texts], show_progress=False)
    index = index_of(texts, HashEncoder())
    for question in ("grève", "la grève du port", "le ministre et la pluie"):
        words = list(dict.fromkeys(stem(word) for word in split_words(question)))
        np.testing.assert_allclose(index.score(question), ranker.get_scores(words), rtol=1e-5)


def test_a_translation_finds_the_passage_and_weighs_less_than_the_word_itself() -> None:
    index = index_of(PASSAGES, Translator())
    assert index.score("the strike").argmax() == 0
    assert 0 < index.score("strike")[0] < index.score("grève")[0]


def test_a_word_counts_once_however_many_synonyms_a_passage_holds() -> None:
    index = index_of(PASSAGES, Translator())
    single = index_of(PASSAGES, HashEncoder()).score("ministre")[1]
    assert index.score("chairman")[1] == pytest.approx(0.9 * 0.8**2 * single)


@pytest.mark.parametrize("passages", [(), ("…",), ("?", "!")])
def test_nothing_to_find_is_no_error(passages: tuple[str, ...]) -> None:
    assert index_of(passages, HashEncoder()).score("Qui ?").tolist() == [0.0] * len(passages)


def test_terms_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    for passages in (PASSAGES, (), ("…",)):
        built = TermWeights.build(passages)
        built.save(tmp_path / "terms.npz")
        opened = TermWeights.load(tmp_path / "terms.npz")
        assert (opened.terms, opened.n_passages) == (built.terms, len(passages))
        for name in ("starts", "places", "weights"):
            before, after = getattr(built, name), getattr(opened, name)
            assert before.dtype == after.dtype
            np.testing.assert_array_equal(before, after)


VOCABULARY = {"[PAD]": 0, "greve": 1, "strike": 2, "##ing": 3, "walkout": 4, "rain": 5}
TABLE = np.array([[0, 0, 0], [1, 0.1, 0], [1, 0, 0], [1, 0, 0], [1, 0.9, 0], [-4, -1, 0]], dtype=np.float16)


def test_neighbours_are_whole_words_nearest_first_without_the_word_itself() -> None:
    near, unknown = WordFinder(WordTable(VOCABULARY, TABLE))(["strike", "docker"])
    assert [word for word, _ in near] == ["greve", "walkout"]
    assert near[0][1] > near[1][1]
    assert unknown == ()


def test_neighbours_among_some_stems_are_those_of_all_that_have_them() -> None:
    table = WordTable(VOCABULARY, TABLE)
    everywhere, among = WordFinder(table)(["strike"])[0], WordFinder(table, {"walkou", "rain"})(["strike"])[0]
    assert [word for word, _ in among] == ["walkout"]
    assert among[0][1] == pytest.approx(dict(everywhere)["walkout"], abs=1e-6)
    assert WordFinder(table, {"snow"})(["strike"]) == [()]


def test_a_hub_models_large_table_is_left_alone() -> None:
    table = np.ones((LARGEST_TABLE + 1, 1), dtype=np.float32)
    assert WordFinder(WordTable({"strike": 0, "greve": 1}, table))(["strike"]) == [()]


@pytest.mark.parametrize(("english", "french"), [("strike", "greve"), ("minister", "ministre"), ("why", "pourquoi")])
def test_the_shipped_word_table_translates(english: str, french: str) -> None:
    (near,) = load_encoder().word_finder()([english])
    assert french in [word for word, _ in near[:5]]
