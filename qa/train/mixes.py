"""Which questions a training stage sees, and in what windows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.train.questions import TrainingQuestion, load_source
from qa.train.windows import Feature, WindowBuilder


@dataclass(frozen=True, slots=True)
class Share:
    """`limit` questions of a source (None: all), each cut into short windows, long ones, and, with
    probability `miss`, a window of the same context that lacks the answer."""

    source: str
    limit: int | None = None
    short: int = 0
    long: int = 1
    miss: float = 0.0


MIXES: dict[str, tuple[Share, ...]] = {
    "general": (
        Share("squad", 8_000),
        Share("new_wiki", 3_000),
        Share("qamr", 4_000, short=1, long=0),
        Share("piaf_fr"),
        Share("piaf_en_fr"),
        Share("afriqa_fr"),
        Share("dispatches", short=1, long=0, miss=0.15),
    ),
    "dispatches": (
        Share("dispatches", short=1, long=1, miss=0.25),
        Share("more_dispatches", short=1, long=1, miss=0.25),
        Share("piaf_fr", 1_500, miss=0.1),
        Share("piaf_en_fr", 2_000, miss=0.1),
        Share("squad", 1_500),
    ),
    "full": (
        Share("dispatches", short=2, long=1, miss=0.25),
        Share("more_dispatches", short=2, long=1, miss=0.25),
        Share("piaf_fr", short=1, long=1, miss=0.1),
        Share("piaf_en_fr", short=1, long=1, miss=0.1),
        Share("squad", 10_000),
        Share("new_wiki", 4_000),
        Share("qamr", 3_000, short=1, long=0),
    ),
    "smoke": (Share("dispatches", 60, short=1, long=1, miss=0.5), Share("afriqa_fr", 20)),
}


def _cut(
    questions: list[TrainingQuestion], share: Share, build: WindowBuilder, chance: random.Random
) -> Iterator[Feature | None]:
    for question in questions:
        for _ in range(share.short):
            yield build.build(question, short=True)
        for _ in range(share.long):
            yield build.build(question, short=False)
        if question.answer is not None and chance.random() < share.miss:
            yield build.build(question, short=share.short > 0, miss=True)


def build_features(data: Path, mix: str, build: WindowBuilder, seed: int, limit_scale: float = 1.0) -> list[Feature]:
    """All windows of a mix, shuffled. `limit_scale` in (0, 1] shrinks the dispatch corpora, for learning curves."""
    chance = random.Random(seed)
    features: list[Feature] = []
    for share in MIXES[mix]:
        questions = load_source(data, share.source)
        if share.source.endswith("dispatches") and limit_scale < 1:
            contexts = sorted({q.context for q in questions})
            kept = set(chance.sample(contexts, int(len(contexts) * limit_scale)))
            questions = [q for q in questions if q.context in kept]
        chance.shuffle(questions)
        features += [f for f in _cut(questions[: share.limit], share, build, chance) if f is not None]
    chance.shuffle(features)
    return features
