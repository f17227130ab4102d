"""The index finds what brute force finds, and a stale or damaged one is built anew, once and aloud."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder, any_texts
from hypothesis import given
from hypothesis import strategies as st

import embeddings.vectors as vectors_module
from embeddings.errors import VectorIndexError
from embeddings.index import IndexKey, PassageIndex, load_or_build_index
from embeddings.lexical import LexicalIndex
from embeddings.terms import TermWeights
from embeddings.types import PassageSettings

TEXT = "\n\n".join(f"Le pays {i} a fixé un prix. La ville {i} refuse." for i in range(30))
SETTINGS = PassageSettings(max_tokens=16)
FILES = ("index.faiss", "passages.json", "terms.npz", "index.json")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    PassageIndex.build(TEXT, HashEncoder(), SETTINGS).save(folder)
    return folder


def open_again(folder: Path, caplog: pytest.LogCaptureFixture, text: str = TEXT) -> list[str]:
    """Open the index of `text`, check that it answers like a fresh one, and return the notices."""
    encoder = HashEncoder()
    caplog.clear()
    with caplog.at_level(logging.INFO):
        opened = load_or_build_index(text, encoder, folder, SETTINGS)
    fresh = PassageIndex.build(text, encoder, SETTINGS)
    query = encoder.encode_queries(["le prix de la ville 7"])
    assert opened.passages == fresh.passages
    assert opened.search(query, 5) == fresh.search(query, 5)
    return [record.getMessage() for record in caplog.records]


@given(any_texts, st.text(max_size=40), st.integers(1, 12))
def test_search_equals_brute_force(text: str, question: str, k: int) -> None:
    encoder = HashEncoder()
    index = PassageIndex.build(text, encoder, SETTINGS)
    query = encoder.encode_queries([question])
    hits = index.search(query, k)[0]
    if not index.passages:
        assert hits == []
        return
    similarities = encoder.encode_passages([p.text for p in index.passages]) @ query[0]
    expected = np.sort(similarities)[::-1][:k]
    np.testing.assert_allclose([hit.similarity for hit in hits], expected, atol=1e-5)
    np.testing.assert_allclose([similarities[hit.passage_id] for hit in hits], expected, atol=1e-5)
    assert len({hit.passage_id for hit in hits}) == len(hits)


def test_a_passage_finds_itself_with_similarity_one() -> None:
    encoder = HashEncoder()
    index = PassageIndex.build(TEXT, encoder, SETTINGS)
    best = [row[0] for row in index.search(encoder.encode_passages([p.text for p in index.passages]), 1)]
    assert [hit.passage_id for hit in best] == [p.id for p in index.passages]
    assert all(1 - 1e-5 < hit.similarity <= 1 for hit in best)


def test_a_large_index_lies_in_cells_finds_the_same_best_passages_and_is_mapped_into_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder = HashEncoder()
    exact = PassageIndex.build(TEXT, encoder, SETTINGS)
    monkeypatch.setattr(vectors_module, "FLAT_LIMIT", 10)
    monkeypatch.setattr(vectors_module, "CHUNK", 16)
    built = load_or_build_index(TEXT, encoder, tmp_path / "index", SETTINGS)
    opened = load_or_build_index(TEXT, encoder, tmp_path / "index", SETTINGS)
    queries = encoder.encode_queries([f"le prix du pays {i}" for i in range(30)])
    best = [row[0].passage_id for row in exact.search(queries, 1)]
    for index in (built, opened):
        assert [row[0].passage_id for row in index.search(queries, 1)] == best
        np.testing.assert_allclose(index.vectors([3, 40]), exact.vectors([3, 40]), atol=0.02)


@pytest.mark.parametrize("shape", [(2, 31), (32,)])
def test_queries_of_another_width_are_refused_with_both_numbers(shape: tuple[int, ...]) -> None:
    index = PassageIndex.build(TEXT, HashEncoder(), SETTINGS)
    with pytest.raises(VectorIndexError, match=r"expected \[n, 32\]") as caught:
        index.search(np.zeros(shape, dtype=np.float32), 3)
    assert str(shape) in str(caught.value)


def test_an_article_without_words_is_kept_and_finds_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    encoder = HashEncoder()
    for _ in range(2):
        index = load_or_build_index(" \n", encoder, tmp_path / "index", SETTINGS)
        assert index.passages == ()
        assert index.search(encoder.encode_queries(["a", "b"]), 3) == [[], []]
    assert caplog.messages == []


def test_a_saved_index_is_read_back_without_encoding(saved: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert open_again(saved, caplog) == []
    encoder = HashEncoder()
    load_or_build_index(TEXT, encoder, saved, SETTINGS)
    assert encoder.n_passages == 0


def test_a_saved_index_keeps_its_terms_so_that_they_are_not_counted_again(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = HashEncoder()
    counted = TermWeights.build([passage.text for passage in PassageIndex.build(TEXT, encoder, SETTINGS).passages])
    monkeypatch.delattr(TermWeights, "build")
    opened = load_or_build_index(TEXT, encoder, saved, SETTINGS)
    assert opened.terms.n_passages == len(opened.passages)
    for question in ("le prix du pays 7", "Quelle ville refuse ?"):
        read, new = (LexicalIndex(terms, encoder).score(question) for terms in (opened.terms, counted))
        np.testing.assert_array_equal(read, new)
        assert read.max() > 0


@pytest.mark.parametrize(
    ("text", "fingerprint", "settings", "named"),
    [
        (TEXT + " ", "hash", SETTINGS, "article_sha256"),
        (TEXT, "other", SETTINGS, "encoder_fingerprint"),
        (TEXT, "hash", PassageSettings(17, 1), "settings"),
        (TEXT, "hash", PassageSettings(16, 0), "settings"),
    ],
)
def test_a_stale_index_is_rebuilt_with_one_notice_that_names_why(
    saved: Path, text: str, fingerprint: str, settings: PassageSettings, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = HashEncoder(fingerprint)
    index = load_or_build_index(text, encoder, saved, settings)
    assert index.key == IndexKey.of(text, encoder, settings)
    assert encoder.n_passages == len(index.passages)
    assert len(caplog.messages) == 1
    assert named in caplog.messages[0]
    caplog.clear()
    load_or_build_index(text, encoder, saved, settings)
    assert caplog.messages == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage", ["truncated", "emptied", "flipped first", "flipped middle", "flipped last", "removed"]
)
def test_a_damaged_file_is_rebuilt_with_one_notice(
    saved: Path, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = saved / name
    raw = bytearray(path.read_bytes())
    places = {"flipped first": 0, "flipped middle": len(raw) // 2, "flipped last": len(raw) - 1}
    if damage == "removed":
        path.unlink()
    elif damage in places:
        raw[places[damage]] ^= 0xFF
        path.write_bytes(raw)
    else:
        path.write_bytes(raw[: len(raw) // 2] if damage == "truncated" else b"")
    notices = open_again(saved, caplog)
    assert len(notices) == 1
    assert name in notices[0]
    assert "\n" not in notices[0]
    assert open_again(saved, caplog) == []


@pytest.mark.parametrize("garbage", ["", "null", "[]", "{}", "12", '"index"', "{not json", "\ufeff{}"])
def test_a_garbage_record_is_rebuilt_with_one_notice(
    saved: Path, garbage: str, caplog: pytest.LogCaptureFixture
) -> None:
    (saved / "index.json").write_text(garbage, encoding="utf-8")
    assert len(open_again(saved, caplog)) == 1


@pytest.mark.parametrize("files", [None, {}, [], "index.faiss", {"index.faiss": "0"}])
def test_a_record_without_its_files_hashes_vouches_for_nothing(
    saved: Path, files: object, caplog: pytest.LogCaptureFixture
) -> None:
    record = json.loads((saved / "index.json").read_text(encoding="utf-8"))
    (saved / "index.json").write_text(json.dumps({**record, "files": files}), encoding="utf-8")
    (saved / "passages.json").write_text("[[0, 3]", encoding="utf-8")
    assert len(open_again(saved, caplog)) == 1


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(saved: Path) -> None:
    (saved / "index.json").write_text("{}", encoding="utf-8")
    (saved / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(VectorIndexError, match=r"thesis\.txt"):
        load_or_build_index(TEXT, HashEncoder(), saved, SETTINGS)
    assert sorted(p.name for p in saved.iterdir()) == sorted([*FILES, "thesis.txt"])


def test_a_file_in_the_way_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.write_text("a letter", encoding="utf-8")
    for folder in (path, path / "below"):
        with pytest.raises(VectorIndexError) as caught:
            load_or_build_index(TEXT, HashEncoder(), folder, SETTINGS)
        assert str(path) in str(caught.value)
    assert path.read_text(encoding="utf-8") == "a letter"


def test_an_empty_folder_is_filled_without_a_notice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert open_again(tmp_path, caplog) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(FILES)


def test_saving_leaves_nothing_but_the_index(tmp_path: Path) -> None:
    for _ in range(2):
        PassageIndex.build(TEXT, HashEncoder(), SETTINGS).save(tmp_path / "a" / "index")
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["index"]
