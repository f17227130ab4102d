"""Retrieval figures of an encoder on development data that no model is trained on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from embeddings.encoder import EncoderSource, load_encoder
from embeddings.lexical import LexicalIndex, fuse
from embeddings.terms import TermWeights
from embeddings.train.corpora import load_evaluation_pairs, load_piaf
from embeddings.types import FloatArray

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def recall(similarity: FloatArray, gold: list[int]) -> dict[str, float]:
    """R@1, R@5, R@10 and MRR of the scores `similarity` [n_queries, n_targets]; `gold` is each query's target."""
    own = similarity[np.arange(len(gold)), gold]
    rank = (similarity > own[:, None]).sum(axis=1) + 1
    return {
        "R@1": round(float((rank == 1).mean()), 4),
        "R@5": round(float((rank <= 5).mean()), 4),
        "R@10": round(float((rank <= 10).mean()), 4),
        "MRR": round(float((1 / rank).mean()), 4),
    }


def _piaf(data: Path) -> dict[str, tuple[list[str], list[str], list[int]]]:
    """Development questions of PIAF, in both languages, against the passages of all its articles."""
    passages: list[str] = []
    french, english, gold = [], [], []
    for dev in (True, False):
        for entry in load_piaf(data, dev):
            for paragraph in entry["paragraphs"]:
                passages.append(paragraph["context"])
                for question in paragraph["qas"] if dev else ():
                    if "question_en" in question:
                        french.append(question["question"])
                        english.append(question["question_en"])
                        gold.append(len(passages) - 1)
    return {"piaf_fr": (french, passages, gold), "piaf_en_fr": (english, passages, gold)}


def _dispatches() -> dict[str, tuple[list[str], list[str], list[int]]]:
    """Answerable questions of the development dispatches against all their paragraphs."""
    document = json.loads((SEEDS / "dispatches/dev.json").read_text(encoding="utf-8"))
    passages: list[str] = []
    rows: dict[str, tuple[list[str], list[int]]] = {"fr": ([], []), "en": ([], [])}
    for entry in document["data"]:
        paragraph = entry["paragraphs"][0]
        starts, position = [], 0
        for text in paragraph["context"].split("\n\n"):
            starts.append(position)
            passages.append(text)
            position += len(text) + 2
        first = len(passages) - len(starts)
        for question in paragraph["qas"]:
            for answer in question["answers"][:1]:
                place = int(np.searchsorted(starts, answer["answer_start"], side="right")) - 1
                rows[question["lang"]][0].append(question["question"])
                rows[question["lang"]][1].append(first + place)
    return {f"dispatches_{lang}": (q, passages, gold) for lang, (q, gold) in rows.items()}


def score(data: Path, model: Path) -> dict[str, dict[str, float]]:
    """Sentence retrieval on NTREX, and question-to-passage retrieval on PIAF and the dispatches: by the vectors
    of the encoder in `model` alone, and, marked hybrid, fused with BM25 as the pipeline does."""
    encoder = load_encoder(EncoderSource(str(model)))
    pairs = load_evaluation_pairs(data)
    en, fr = encoder.encode_passages([p.en for p in pairs]), encoder.encode_passages([p.fr for p in pairs])
    same = list(range(len(pairs)))
    found = {"ntrex_en_fr": recall(en @ fr.T, same), "ntrex_fr_en": recall(fr @ en.T, same)}
    for name, (questions, passages, gold) in {**_piaf(data), **_dispatches()}.items():
        dense = encoder.encode_queries(questions) @ encoder.encode_passages(passages).T
        found[name] = recall(dense, gold)
        words = LexicalIndex(TermWeights.build(passages), encoder)
        fused = [fuse(row, words.score(question)) for row, question in zip(dense, questions, strict=True)]
        found[f"{name}_hybrid"] = recall(np.array(fused), gold)
    return found
