"""The encoder gives unit rows of the right text, prefix and all, and token starts of the whole text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import ARTICLE
from fakes import DAMAGES, damage_folder
from tokenizers import Tokenizer

from embeddings.bundle import write_manifest
from embeddings.encoder import EncoderSource, load_encoder
from embeddings.errors import BundleError, EncoderError
from embeddings.index import PassageIndex
from embeddings.types import FloatArray, PassageSettings

TEXTS = ["L'Otan a fixé l'effectif.", "oui", ARTICLE[:90]]


def plain_rows(folder: Path, texts: Sequence[str]) -> FloatArray:
    """Means over the tokens of the last layer, made unit, without sentence-transformers."""
    import torch
    from transformers import BertModel

    model = BertModel.from_pretrained(folder).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    rows = []
    for text in texts:
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            row = model(input_ids=ids).last_hidden_state[0].mean(0).numpy()
        rows.append(row / np.linalg.norm(row))
    return np.array(rows, dtype=np.float32)


def copy(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def test_rows_equal_a_plain_forward_pass_and_are_unit(encoder_folder: Path) -> None:
    encoder = load_encoder(EncoderSource(str(encoder_folder)))
    for rows in (encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)):
        assert rows.dtype == np.float32
        assert rows.shape == (len(TEXTS), encoder.dimension) == (3, 16)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(rows, plain_rows(encoder_folder, TEXTS), atol=1e-4)


def test_an_e5_folder_gets_its_prefixes(encoder_folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(EncoderSource(str(copy(encoder_folder, tmp_path / "multilingual-E5-tiny"))))
    for rows, prefix in ((encoder.encode_queries(TEXTS), "query: "), (encoder.encode_passages(TEXTS), "passage: ")):
        np.testing.assert_allclose(rows, plain_rows(encoder_folder, [prefix + t for t in TEXTS]), atol=1e-4)


@pytest.mark.parametrize("name", ["tiny", "multilingual-e5-tiny"])
def test_named_prefixes_win_and_empty_ones_are_none(name: str, encoder_folder: Path, tmp_path: Path) -> None:
    folder = copy(encoder_folder, tmp_path / name)
    encoder = load_encoder(EncoderSource(str(folder), query_prefix="mission ", passage_prefix=""))
    expected = plain_rows(encoder_folder, ["mission " + text for text in TEXTS])
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), expected, atol=1e-4)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), plain_rows(encoder_folder, TEXTS), atol=1e-4)


def test_a_folder_of_the_models_own_tokenizer_class_is_read_as_it_was_saved(
    encoder_folder: Path, tmp_path: Path
) -> None:
    folder = copy(encoder_folder, tmp_path / "tiny")
    config = folder / "tokenizer_config.json"
    record = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**record, "tokenizer_class": "BertTokenizer"}), encoding="utf-8")
    encoder = load_encoder(EncoderSource(str(folder)))
    texts = ["le cœur de l’Otan"]
    assert encoder.token_starts(texts[0]).tolist() == [0, 1, 3, 4, 4, 5, 6, 8, 9, 11, 12, 13]
    np.testing.assert_allclose(encoder.encode_passages(texts), plain_rows(encoder_folder, texts), atol=1e-4)


def test_a_row_does_not_depend_on_its_batch(encoder_folder: Path) -> None:
    encoder = load_encoder(EncoderSource(str(encoder_folder)))
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode_passages(TEXTS * 20)[:3], alone, atol=1e-4)


def test_no_texts_give_no_rows(encoder_folder: Path) -> None:
    encoder = load_encoder(EncoderSource(str(encoder_folder)))
    assert encoder.encode_queries([]).shape == encoder.encode_passages([]).shape == (0, 16)


def test_token_starts_are_where_the_articles_tokens_begin(encoder_folder: Path) -> None:
    starts = load_encoder(EncoderSource(str(encoder_folder))).token_starts("L’Otan\r\n a dit cœur 😀")
    assert starts.dtype == np.int64
    assert starts.tolist() == [0, 1, 2, 9, 11, 12, 13, 15, 16, 16, 17, 18, 20]


def test_token_starts_reach_the_end_before_and_after_encoding(encoder_folder: Path) -> None:
    encoder = load_encoder(EncoderSource(str(encoder_folder)))
    text = "oui mission " * 200
    before = encoder.token_starts(text)
    assert before[-1] == text.rindex("mission")
    assert np.all(np.diff(before) >= 0)
    encoder.encode_passages([text, "oui"])
    np.testing.assert_array_equal(encoder.token_starts(text), before)
    encoder.encode_queries([text])
    np.testing.assert_array_equal(encoder.token_starts(text), before)


def test_truncation_and_padding_stored_with_the_tokenizer_do_not_reach_token_starts(
    encoder_folder: Path, tmp_path: Path
) -> None:
    folder = copy(encoder_folder, tmp_path / "short")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(16)
    tokenizer.enable_padding(length=16)
    tokenizer.save(str(folder / "tokenizer.json"))
    text = "oui mission " * 200
    expected = load_encoder(EncoderSource(str(encoder_folder))).token_starts(text)
    np.testing.assert_array_equal(load_encoder(EncoderSource(str(folder))).token_starts(text), expected)


def test_passages_of_a_second_article_keep_their_limit(encoder_folder: Path) -> None:
    encoder = load_encoder(EncoderSource(str(encoder_folder)))
    settings = PassageSettings(max_tokens=40)
    text = "L'Otan a dit oui. " * 60
    first = PassageIndex.build(text, encoder, settings).passages
    assert PassageIndex.build(text, encoder, settings).passages == first


def test_the_fingerprint_follows_weights_and_prefixes(encoder_folder: Path, tmp_path: Path) -> None:
    folder = copy(encoder_folder, tmp_path / "tiny")
    plain, prefixed = EncoderSource(str(folder)), EncoderSource(str(folder), query_prefix="mission ")
    before = load_encoder(plain).fingerprint
    assert before == load_encoder(EncoderSource(str(encoder_folder))).fingerprint
    assert load_encoder(prefixed).fingerprint != before
    config = folder / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_encoder(plain).fingerprint != before


def test_a_bundle_with_a_changed_byte_is_not_opened(encoder_folder: Path, tmp_path: Path) -> None:
    folder = copy(encoder_folder, tmp_path / "tiny")
    write_manifest(folder, "encoder", "tiny", {})
    assert load_encoder(EncoderSource(str(folder))).dimension == 16
    raw = bytearray((folder / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (folder / "model.safetensors").write_bytes(raw)
    with pytest.raises(BundleError, match=r"model\.safetensors"):
        load_encoder(EncoderSource(str(folder)))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_that_cannot_be_opened_is_named_in_one_line(encoder_folder: Path, tmp_path: Path, damage: str) -> None:
    folder = copy(encoder_folder, tmp_path / "tiny")
    damage_folder(folder, damage)
    with pytest.raises(EncoderError) as caught:
        load_encoder(EncoderSource(str(folder)))
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["no/such-encoder", "/no/such/folder", "not a name"])
def test_an_encoder_that_is_nowhere_is_named_in_one_line(name: str) -> None:
    with pytest.raises(EncoderError) as caught:
        load_encoder(EncoderSource(name))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
