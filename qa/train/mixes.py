"""Which questions a training stage sees, and in what windows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.encoder import EncoderSource, load_encoder
from embeddings.train.questions import CORPORA, TrainingQuestion, load_source
from qa.train.variation import Variation
from qa.train.windows import Feature, WindowBuilder


@dataclass(frozen=True, slots=True)
class Share:
    """`limit` questions of a source (None: all), each cut into short windows, long ones, and, with
    probability `miss`, a window of the same context that lacks the answer. A window is of a text with other
    names and numbers with probability `renamed`; with probability `false_premise` there is one more, asked
    about a name or number that the text does not have."""

    source: str
    limit: int | None = None
    short: int = 0
    long: int = 1
    miss: float = 0.0
    renamed: float = 0.0
    false_premise: float = 0.0


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
    "varied": (
        Share("dispatches", 4_000, short=1, long=0, miss=0.1, renamed=1.0, false_premise=0.4),
        Share("more_dispatches", miss=0.1, renamed=0.5, false_premise=0.4),
        Share("contrast", short=1, renamed=0.3),
        Share("piaf_fr", 2_500, miss=0.1, false_premise=0.2),
        Share("piaf_en_fr", 2_500, miss=0.1, false_premise=0.2),
        Share("squad", 5_000),
        Share("new_wiki", 2_000),
    ),
    "smoke": (
        Share("dispatches", 60, short=1, long=1, miss=0.5, renamed=0.5, false_premise=0.5),
        Share("afriqa_fr", 20),
    ),
}


def _cut(
    questions: list[TrainingQuestion], share: Share, build: WindowBuilder, vary: Variation, chance: random.Random
) -> Iterator[Feature | None]:
    def drawn(question: TrainingQuestion) -> TrainingQuestion:
        return vary.rename(question) if chance.random() < share.renamed else question

    for question in questions:
        for short in [True] * share.short + [False] * share.long:
            yield build.build(drawn(question), short=short)
        if question.answer is None:
            continue
        if chance.random() < share.miss:
            yield build.build(drawn(question), short=share.short > 0, miss=True)
        if chance.random() < share.false_premise and (denied := vary.contradict(question)) is not None:
            yield build.build(denied, short=chance.random() < 0.5, around=question.answer)


def build_features(data: Path, mix: str, build: WindowBuilder, seed: int, limit_scale: float = 1.0) -> list[Feature]:
    """All windows of a mix, shuffled. `limit_scale` in (0, 1] shrinks the dispatch corpora, for learning curves."""
    chance = random.Random(seed)
    similar_words = load_encoder(EncoderSource()).word_finder()
    features: list[Feature] = []
    for share in MIXES[mix]:
        questions = load_source(data, share.source)
        if share.source in CORPORA and limit_scale < 1:
            contexts = sorted({q.context for q in questions})
            kept = set(chance.sample(contexts, int(len(contexts) * limit_scale)))
            questions = [q for q in questions if q.context in kept]
        chance.shuffle(questions)
        kept_questions = questions[: share.limit]
        vary = Variation(kept_questions, similar_words, seed)
        features += [f for f in _cut(kept_questions, share, build, vary, chance) if f is not None]
    chance.shuffle(features)
    return features
