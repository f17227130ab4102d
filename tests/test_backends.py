"""What runs a model changes its speed: OpenVINO's scores are those of transformers, or very nearly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ARTICLE, build_encoder_folder, build_reader_folder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.bert import BATCH_TOKENS, LEAST_FULL, batches
from embeddings.bundle import write_manifest
from embeddings.encoder import COMPACT_ENCODER, EncoderSource, SentenceTransformerEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.graph_encoder import GraphEncoder
from embeddings.types import Backend
from qa.article import load_article
from qa.config import COMPACT_READER, ReaderSettings, find_profile
from qa.errors import ModelError
from qa.reader import load_reader
from qa.types import Window

SHORT = ReaderSettings(max_tokens=48, max_question_tokens=16, stride=8)
TEXTS = ["L'Otan a fixé l'effectif.", "", "oui", ARTICLE * 20, ARTICLE[:90], "oui " * 300]
QUESTIONS = ("Pourquoi la NTM-I a-t-elle pris fin ?", "How many countries are in NATO?")


@given(st.lists(st.integers(1, 512), max_size=80))
def test_every_row_is_in_one_batch_which_is_small_and_nearly_full(lengths: list[int]) -> None:
    found = list(batches(lengths))
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    for batch in found:
        longest = max(lengths[i] for i in batch)
        assert longest * len(batch) <= max(BATCH_TOKENS, longest)
        assert min(lengths[i] for i in batch) >= LEAST_FULL * longest


def test_an_encoder_gives_the_reference_rows(encoder_folder: Path) -> None:
    source = EncoderSource(str(encoder_folder), query_prefix="mission ", passage_prefix="")
    quick, reference = load_encoder(source), load_encoder(source, "transformers")
    assert isinstance(quick, GraphEncoder)
    assert isinstance(reference, SentenceTransformerEncoder)
    assert quick.fingerprint == reference.fingerprint
    np.testing.assert_allclose(quick.encode_queries(TEXTS), reference.encode_queries(TEXTS), atol=1e-4)
    np.testing.assert_allclose(quick.encode_passages(TEXTS), reference.encode_passages(TEXTS), atol=1e-4)
    np.testing.assert_array_equal(quick.token_starts(ARTICLE), reference.token_starts(ARTICLE))
    assert quick.word_finder()(["mission"]) == reference.word_finder()(["mission"])


@pytest.mark.parametrize("pooling", ["cls", "max"])
def test_an_encoder_that_takes_no_mean_is_left_to_sentence_transformers(pooling: str, tmp_path: Path) -> None:
    folder = build_encoder_folder(tmp_path / "tiny")
    config = folder / "1_Pooling" / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"mean"', f'"{pooling}"'), encoding="utf-8")
    assert isinstance(load_encoder(EncoderSource(str(folder))), SentenceTransformerEncoder)
    with pytest.raises(EncoderError, match="int8"):
        load_encoder(EncoderSource(str(folder)), "int8")


def test_whole_numbers_are_for_weights_that_ship_or_on_demand(tmp_path: Path) -> None:
    folder = build_reader_folder(tmp_path / "tiny", "bert")
    plain = load_reader(str(folder), SHORT).fingerprint
    assert plain == load_reader(str(folder), SHORT, "fp32").fingerprint
    assert plain != load_reader(str(folder), SHORT, "int8").fingerprint
    write_manifest(folder, "reader", "tiny", {})
    whole = load_reader(str(folder), SHORT).fingerprint
    assert whole == load_reader(str(folder), SHORT, "int8").fingerprint
    assert whole != load_reader(str(folder), SHORT, "transformers").fingerprint


@pytest.mark.parametrize("backend", ["int8", "fp32"])
def test_a_model_that_is_no_bert_is_refused_in_one_line(backend: Backend, tmp_path: Path) -> None:
    folder = build_reader_folder(tmp_path / "tiny", "deberta-v2")
    with pytest.raises(ModelError, match=backend) as caught:
        load_reader(str(folder), SHORT, backend)
    assert "\n" not in str(caught.value)
    assert find_profile("compact", backend=backend).backend == backend


@pytest.mark.parametrize(("backend", "largest", "mean"), [("fp32", 2e-3, 2e-4), ("int8", 2.0, 0.2)])
def test_the_reader_that_ships_scores_as_the_reference_does(backend: Backend, largest: float, mean: float) -> None:
    text = load_article().text
    windows = [Window(0, 1300, text[:1300]), Window(1300, len(text), text[1300:]), Window(0, 90, text[:90])]
    requests = [(question, windows) for question in QUESTIONS]
    settings = ReaderSettings()
    quick = load_reader(str(COMPACT_READER), settings, backend).read(requests)
    reference = load_reader(str(COMPACT_READER), settings, "transformers").read(requests)
    gaps = [
        np.abs(np.stack([a.start - b.start, a.end - b.end]))
        for one, other in zip(quick, reference, strict=True)
        for a, b in zip(one, other, strict=True)
    ]
    assert max(float(gap.max()) for gap in gaps) < largest
    assert float(np.concatenate(gaps, axis=1).mean()) < mean


@pytest.mark.parametrize(("backend", "least"), [("fp32", 0.999999), ("int8", 0.99)])
def test_the_encoder_that_ships_points_where_the_reference_does(backend: Backend, least: float) -> None:
    texts = [load_article().text[start : start + 400] for start in range(0, 2000, 400)]
    quick = load_encoder(EncoderSource(str(COMPACT_ENCODER)), backend)
    reference = load_encoder(EncoderSource(str(COMPACT_ENCODER)), "transformers")
    for encode in ("encode_queries", "encode_passages"):
        cosines = np.sum(getattr(quick, encode)(texts) * getattr(reference, encode)(texts), axis=1)
        assert cosines.min() > least


UNWATCHED = """
import socket, sys, time
hosts = []
find = socket.getaddrinfo
socket.getaddrinfo = lambda *args, **options: hosts.append(args[0]) or find(*args, **options)
from qa import ask
assert ask("Où aura lieu le sommet ?").passages
time.sleep(1)
senders = [name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module]
print(hosts, senders, "openvino" in sys.modules)
"""


def test_openvino_tells_nobody_of_itself(tmp_path: Path) -> None:
    """Its import alone would send an event, and leave an identity in the home folder."""
    home = {**os.environ, "HOME": str(tmp_path)}
    for marker in ("CI", "TF_BUILD", "JENKINS_URL"):  # where openvino finds one it is silent anyway
        home.pop(marker, None)
    done = subprocess.run([sys.executable, "-c", UNWATCHED], env=home, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]", "True"]
    assert not (tmp_path / "intel").exists()
