"""The reader's scores are the model's, and its offsets the article's, for every kind of tokenizer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ARTICLE, OWN_CLASS, READER_KINDS, build_reader_folder
from fakes import DAMAGES, damage_folder
from tokenizers import Tokenizer

from embeddings.bundle import write_manifest
from embeddings.errors import BundleError
from qa.config import ReaderSettings
from qa.errors import ModelError
from qa.reader import load_reader
from qa.types import FloatArray, Window, WindowLogits

SETTINGS = ReaderSettings(max_tokens=48, max_question_tokens=16, stride=8)
QUESTION = "Qui a dit oui ?"
SHIFT = 7
WHOLE = Window(SHIFT, SHIFT + len(ARTICLE), ARTICLE)
SHORT = Window(2, 12, ARTICLE[2:12])


@dataclass(frozen=True)
class Expected:
    """One piece as the tokenizers library and the plain model see it."""

    encoding: Any
    start: FloatArray
    end: FloatArray


def read_plainly(folder: Path, question: str, text: str) -> list[Expected]:
    import torch
    from transformers import AutoModelForQuestionAnswering

    model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(SETTINGS.max_tokens, stride=SETTINGS.stride, strategy="only_second")
    encoding = tokenizer.encode(question, text)
    found = []
    for piece in [encoding, *encoding.overflowing]:
        inputs = {"input_ids": torch.tensor([piece.ids])}
        if model.config.type_vocab_size > 1:
            inputs["token_type_ids"] = torch.tensor([piece.type_ids])
        with torch.inference_mode():
            output = model(**inputs)
        found.append(Expected(piece, output.start_logits[0].numpy(), output.end_logits[0].numpy()))
    return found


def assert_same(found: list[WindowLogits], expected: list[Expected], shift: int) -> None:
    assert len(found) == len(expected)
    for logits, piece in zip(found, expected, strict=True):
        places = np.array(piece.encoding.offsets)
        in_text = [part == 1 and b > a for part, (a, b) in zip(piece.encoding.sequence_ids, places, strict=True)]
        assert logits.context_mask.tolist() == in_text
        np.testing.assert_array_equal(logits.offsets[in_text], places[in_text] + shift)
        np.testing.assert_allclose(logits.start, piece.start, atol=1e-4)
        np.testing.assert_allclose(logits.end, piece.end, atol=1e-4)
        assert logits.null == pytest.approx(float(piece.start[0] + piece.end[0]), abs=1e-4)


def fold(text: str) -> str:
    """Letters without case, accents or compatibility forms."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())


def test_scores_and_offsets_equal_a_plain_forward_pass(reader_folder: Path) -> None:
    reader = load_reader(str(reader_folder), SETTINGS)
    questions = [QUESTION, "mission Otan"]
    found = reader.read([(question, [WHOLE, SHORT]) for question in questions])
    for question, scores in zip(questions, found, strict=True):
        whole = read_plainly(reader_folder, question, WHOLE.text)
        assert len(whole) > 1
        assert_same(scores[: len(whole)], whole, SHIFT)
        assert_same(scores[len(whole) :], read_plainly(reader_folder, question, SHORT.text), SHORT.start)


@pytest.mark.parametrize("kind", READER_KINDS)
def test_a_folder_of_the_models_own_tokenizer_class_is_read_as_it_was_saved(kind: str, tmp_path: Path) -> None:
    folder = build_reader_folder(tmp_path / kind, kind, OWN_CLASS[kind])
    found = load_reader(str(folder), SETTINGS).read([(QUESTION, [WHOLE])])[0]
    assert_same(found, read_plainly(folder, QUESTION, WHOLE.text), SHIFT)


def test_every_context_token_names_its_characters_and_none_is_left_out(reader_folder: Path) -> None:
    found = load_reader(str(reader_folder), SETTINGS).read([(QUESTION, [WHOLE])])[0]
    covered: set[int] = set()
    for logits, piece in zip(found, read_plainly(reader_folder, QUESTION, WHOLE.text), strict=True):
        for place in np.flatnonzero(logits.context_mask):
            start, end = (int(x) - SHIFT for x in logits.offsets[place])
            assert 0 <= start < end <= len(ARTICLE)
            covered |= set(range(start, end))
            token = piece.encoding.tokens[place].removeprefix("##").replace("▁", "")
            if token.strip("<[]>").lower() != "unk":
                assert fold(token) in fold(ARTICLE[start:end])
    missing = [c for i, c in enumerate(ARTICLE) if i not in covered and not c.isspace()]
    assert [c for c in missing if not unicodedata.combining(c)] == []


def test_the_question_is_masked_though_it_repeats_the_article(reader_folder: Path) -> None:
    question = ARTICLE[2:12]
    logits = load_reader(str(reader_folder), SETTINGS).read([(question, [SHORT])])[0][0]
    n_text = len(Tokenizer.from_file(str(reader_folder / "tokenizer.json")).encode(question, add_special_tokens=False))
    positions = np.flatnonzero(logits.context_mask)
    assert len(positions) in (n_text, n_text - 1)
    assert positions[0] > n_text
    assert positions[-1] == len(logits.start) - 2


def test_a_long_window_overflows_by_the_stride_and_covers_all(reader_folder: Path) -> None:
    found = load_reader(str(reader_folder), SETTINGS).read([(QUESTION, [WHOLE])])[0]
    assert len(found) > 1
    assert all(len(logits.start) <= SETTINGS.max_tokens for logits in found)
    contexts = [logits.offsets[logits.context_mask].tolist() for logits in found]
    for before, after in pairwise(contexts):
        assert before[-SETTINGS.stride :] == after[: SETTINGS.stride]
    assert contexts[0][0][0] == SHIFT
    assert contexts[-1][-1][1] == WHOLE.end


def test_a_batch_of_one_scores_as_a_batch_of_many(reader_folder: Path) -> None:
    requests = [(QUESTION, [WHOLE, SHORT]), ("oui ?", [SHORT]), ("rien", []), ("À Bruxelles ?", [SHORT, WHOLE])]
    many = load_reader(str(reader_folder), SETTINGS).read(requests)
    alone = load_reader(str(reader_folder), ReaderSettings(48, 16, 8, batch_tokens=1)).read(requests)
    assert [len(row) for row in many] == [len(row) for row in alone]
    assert many[2] == []
    for one, other in zip([x for row in many for x in row], [x for row in alone for x in row], strict=True):
        np.testing.assert_array_equal(one.offsets, other.offsets)
        np.testing.assert_array_equal(one.context_mask, other.context_mask)
        np.testing.assert_allclose(one.start, other.start, atol=1e-4)
        np.testing.assert_allclose(one.end, other.end, atol=1e-4)


@pytest.mark.parametrize("question", ["oui " * 475, "o" * 1900, "L’Otan, " * 237])
def test_a_question_of_1900_characters_is_cut_and_the_window_still_read(reader_folder: Path, question: str) -> None:
    found = load_reader(str(reader_folder), SETTINGS).read([(question, [WHOLE])])[0]
    for logits in found:
        assert len(logits.start) <= SETTINGS.max_tokens
        assert int((~logits.context_mask).sum()) <= SETTINGS.max_question_tokens + 5
    assert found[-1].offsets[found[-1].context_mask][-1][1] == WHOLE.end


def test_a_bundle_with_a_changed_byte_is_not_opened(tmp_path: Path) -> None:
    folder = build_reader_folder(tmp_path / "tiny", "bert")
    write_manifest(folder, "reader", "tiny", {})
    assert len(load_reader(str(folder), SETTINGS).fingerprint) == 64
    raw = bytearray((folder / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (folder / "model.safetensors").write_bytes(raw)
    with pytest.raises(BundleError, match=r"model\.safetensors"):
        load_reader(str(folder), SETTINGS)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_that_cannot_be_opened_is_named_in_one_line(tmp_path: Path, damage: str) -> None:
    folder = build_reader_folder(tmp_path / "tiny", "bert")
    damage_folder(folder, damage)
    with pytest.raises(ModelError) as caught:
        load_reader(str(folder), SETTINGS)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["no/such-reader", "/no/such/folder", "not a name"])
def test_a_reader_that_is_nowhere_is_named_in_one_line(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_reader(name, SETTINGS)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
