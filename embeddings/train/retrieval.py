"""Retriever training: questions pulled to the passage that answers them, in every pair of languages."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.passages import split_paragraphs
from embeddings.train.alignment import alignment_loss, sample_pairs
from embeddings.train.backbone import backbone_path
from embeddings.train.corpora import load_section_pairs, load_sentence_pairs, shuffled
from embeddings.train.questions import TrainingQuestion, load_source

BATCH_SIZE = 96
BODY_RATE, TABLE_RATE = 1e-4, 5e-4
TEMPERATURE = 0.05
MAX_TOKENS = 144
LIMITS = {"squad": 3_000, "new_wiki": 1_000, "piaf_fr": None, "piaf_en_fr": None, "afriqa_fr": None}
CORPORA = ("dispatches", "more_dispatches")
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
    for i, pair in enumerate(shuffled(load_section_pairs(data), seed)[:N_SECTIONS]):
        note_en, _, section_en = pair.en.partition(". ")
        note_fr, _, section_fr = pair.fr.partition(". ")
        yield (note_en, section_fr) if i % 2 else (note_fr, section_en)


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
    import torch
    from datasets import Dataset
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    pair, triple = ("anchor", "positive"), ("anchor", "positive", "negative")
    datasets = {
        "contexts": Dataset.from_dict(_columns(pair, whole_contexts(data, seed))),
        "neighbours": Dataset.from_dict(_columns(triple, neighbours(data, seed))),
        "sections": Dataset.from_dict(_columns(pair, headed_sections(data, seed))),
        "aligned": _aligned(data, seed),
    }
    model = SentenceTransformer(str(init), model_kwargs={"attn_implementation": "eager"})
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.max_seq_length = MAX_TOKENS
    contrast = MultipleNegativesRankingLoss(model, scale=1 / TEMPERATURE)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(output / "checkpoints"),
        per_device_train_batch_size=BATCH_SIZE,
        num_train_epochs=1,
        learning_rate=BODY_RATE,
        learning_rate_mapping={r"word_embeddings": TABLE_RATE},
        warmup_steps=0.06,
        lr_scheduler_type="linear",
        batch_sampler="no_duplicates",
        multi_dataset_batch_sampler="proportional",
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
        optim="adamw_torch_fused",
        max_grad_norm=1.0,
        seed=seed,
        logging_steps=20,
        save_steps=100,
        save_total_limit=1,
        report_to=[],
    )
    losses: dict[str, Any] = dict.fromkeys(datasets, contrast)
    losses["aligned"] = alignment_loss(model)
    trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=datasets, loss=losses)
    trainer.train(resume_from_checkpoint=any((output / "checkpoints").glob("checkpoint-*")))
    model.max_seq_length = 256
    model.save(str(output), create_model_card=False)


def _aligned(data: Path, seed: int) -> Any:
    """Sentence pairs with the English original's vectors."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer

    pairs = sample_pairs(load_sentence_pairs(data), N_ALIGNED, seed)[:N_ALIGNED]
    teacher = SentenceTransformer(str(backbone_path()), device="cpu")
    labels = teacher.encode([p.en for p in pairs], batch_size=128)
    return Dataset.from_dict({"en": [p.en for p in pairs], "fr": [p.fr for p in pairs], "label": list(labels)})
