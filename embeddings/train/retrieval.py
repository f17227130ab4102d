"""Retriever training: questions pulled to the passage that answers them, in every pair of languages."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.passages import split_paragraphs
from embeddings.train.alignment import alignment_loss, sample_pairs
from embeddings.train.corpora import load_sections, load_sentence_pairs, shuffled
from embeddings.train.loop import SHIPPED_TOKENS, build_arguments, distil, open_student, train_and_save
from embeddings.train.questions import CORPORA, TrainingQuestion, load_source

BATCH_SIZE = 96
BODY_RATE, TABLE_RATE = 1e-4, 5e-4
TEMPERATURE = 0.05
MAX_TOKENS = 144
LIMITS = {"squad": 3_000, "new_wiki": 1_000, "piaf_fr": None, "piaf_en_fr": None, "afriqa_fr": None}
N_SECTIONS = 2_000
N_ALIGNED = 4_000

Rows = dict[str, list[str]]


def _answered(data: Path, source: str, seed: int, limit: int | None = None) -> list[TrainingQuestion]:
    return shuffled([q for q in load_source(data, source) if q.answer is not None], seed)[:limit]


def whole_contexts(data: Path, seed: int) -> Iterator[tuple[str, str]]:
    """Question and context of the collections whose contexts are one paragraph."""
    for source, limit in LIMITS.items():
        for question in _answered(data, source, seed, limit):
            yield question.question, question.context


def neighbours(data: Path, seed: int) -> Iterator[tuple[str, str, str]]:
    """Question, the paragraph of a dispatch that answers it, and another paragraph of the same dispatch."""
    chance = random.Random(seed)
    for source in CORPORA:
        for question in _answered(data, source, seed):
            bounds = split_paragraphs(question.context)
            start = question.answer[0] if question.answer is not None else 0
            here = [b for b in bounds if b[0] <= start < b[1]]
            others = [b for b in bounds if not b[0] <= start < b[1]]
            if here and others:
                (first, last), (low, high) = here[0], chance.choice(others)
                yield question.question, question.context[first:last], question.context[low:high]


def headed_sections(data: Path, seed: int) -> Iterator[tuple[str, str]]:
    """A section's marginal note in one language and the section in the other, both ways."""
    for i, (note, section) in enumerate(shuffled(load_sections(data), seed)[:N_SECTIONS]):
        yield (note.en, section.fr) if i % 2 else (note.fr, section.en)


def _columns(names: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Rows:
    found: Rows = defaultdict(list)
    for row in rows:
        for name, text in zip(names, row, strict=True):
            found[name].append(text)
    return dict(found)


def train_retriever(data: Path, init: Path, output: Path, seed: int) -> None:
    """Train the encoder in `init` on questions and passages and save it to `output`.

    InfoNCE over the batch (and, for dispatches, one paragraph of the same article); a part of the parallel
    text keeps the alignment. Goes on from a checkpoint in `output`.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    pair, triple = ("anchor", "positive"), ("anchor", "positive", "negative")
    aligned = sample_pairs(load_sentence_pairs(data), N_ALIGNED, seed)[:N_ALIGNED]
    datasets = {
        "contexts": Dataset.from_dict(_columns(pair, whole_contexts(data, seed))),
        "neighbours": Dataset.from_dict(_columns(triple, neighbours(data, seed))),
        "sections": Dataset.from_dict(_columns(pair, headed_sections(data, seed))),
        "aligned": distil(aligned, SHIPPED_TOKENS),
    }
    # Plain attention trains short rows faster than fused attention on a CPU.
    model = open_student(init, MAX_TOKENS, attn_implementation="eager")
    samplers = {"batch_sampler": "no_duplicates", "multi_dataset_batch_sampler": "proportional"}
    arguments = build_arguments(output, BATCH_SIZE, BODY_RATE, TABLE_RATE, seed, **samplers)
    contrast = MultipleNegativesRankingLoss(model, scale=1 / TEMPERATURE)
    losses: dict[str, Any] = {**dict.fromkeys(datasets, contrast), "aligned": alignment_loss(model)}
    trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=datasets, loss=losses)
    train_and_save(trainer, model, output)
