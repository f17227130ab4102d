"""Multilingual distillation (Reimers & Gurevych 2020): both languages learn the English teacher's vectors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.train.corpora import (
    SentencePair,
    load_question_pairs,
    load_section_pairs,
    load_sentence_pairs,
    shuffled,
)
from embeddings.train.loop import build_arguments, distil, open_student, train_and_save

BATCH_SIZE = 128
BODY_RATE, TABLE_RATE = 1e-4, 1e-3
CONTRAST_WEIGHT, CONTRAST_TEMPERATURE = 0.1, 0.05
MAX_TOKENS = 192
SHARES = {"tatoeba": 0.55, "laws": 0.18, "python_docs": 0.08}
"""Share of the sampled pairs a collection may fill; collections not named are used whole."""


def sample_pairs(pairs: list[SentencePair], n: int, seed: int) -> list[SentencePair]:
    """At most `n` pairs of the large collections by their shares, all of the small ones."""
    taken: dict[str, int] = {}
    chosen = []
    for pair in shuffled(pairs, seed):
        limit = int(n * SHARES[pair.source]) if pair.source in SHARES else n
        if taken.get(pair.source, 0) < limit:
            taken[pair.source] = taken.get(pair.source, 0) + 1
            chosen.append(pair)
    return chosen


class LengthBatches:
    """Batches of texts of like length, in a shuffled order; the rows themselves are sorted by length."""

    def __init__(self, n_rows: int, batch_size: int, seed: int) -> None:
        starts = list(range(0, n_rows - batch_size + 1, batch_size))
        random.Random(seed).shuffle(starts)
        self._batches = [list(range(start, start + batch_size)) for start in starts]
        self.batch_size = batch_size
        self.drop_last = True

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self._batches)

    def __len__(self) -> int:
        return len(self._batches)

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer; the order stays the same, so that a stopped run goes on exactly."""


def alignment_loss(model: Any) -> Any:
    """The loss, on a batch with the columns en, fr and label, the English teacher's vector [384]."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    class AlignmentLoss(torch.nn.Module):
        """1 - cosine to the teacher for both texts, plus 0.1 x in-batch InfoNCE between them."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.contrast = MultipleNegativesRankingLoss(model, scale=1 / CONTRAST_TEMPERATURE)

        def forward(self, sentence_features: Any, labels: torch.Tensor) -> torch.Tensor:
            both = [self.model(features)["sentence_embedding"] for features in sentence_features]
            cosine = torch.nn.functional.cosine_similarity
            distance = torch.stack([1 - cosine(rows.float(), labels.float()).mean() for rows in both]).sum()
            return distance + CONTRAST_WEIGHT * self.contrast.compute_loss_from_embeddings(both, labels)

    return AlignmentLoss()


def align(data: Path, init: Path, output: Path, n_pairs: int, n_sections: int, seed: int) -> None:
    """Train the encoder in `init` on parallel text and save it to `output`; goes on from a checkpoint there."""
    from sentence_transformers import SentenceTransformerTrainer

    pairs = sample_pairs(load_sentence_pairs(data) + load_question_pairs(data), n_pairs, seed)
    pairs += shuffled(load_section_pairs(data), seed)[:n_sections]
    pairs.sort(key=lambda pair: len(pair.en) + len(pair.fr))
    dataset = distil(pairs, MAX_TOKENS)
    model = open_student(init, MAX_TOKENS)
    arguments = build_arguments(output, BATCH_SIZE, BODY_RATE, TABLE_RATE, seed)

    class LengthBatchTrainer(SentenceTransformerTrainer):
        def get_batch_sampler(self, dataset: Any, batch_size: int, *args: Any, **options: Any) -> Any:
            return LengthBatches(len(dataset), batch_size, seed)

    trainer = LengthBatchTrainer(model=model, args=arguments, train_dataset=dataset, loss=alignment_loss(model))
    train_and_save(trainer, model, output)
