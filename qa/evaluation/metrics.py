"""Pure scores: exact match and F1, official and French-aware; abstention; retrieval."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

Normalise = Callable[[str], str]

_REMEMBERED = 4096
"""Texts whose normal form is kept: each is asked for by several scores in a row."""

_ENGLISH_ARTICLES = re.compile(r"\b(a|an|the)\b")
_ELISION = re.compile(r"\b[ld]'")
_ARTICLES = re.compile(r"\b(?:de la|le|la|les|un|une|des|du|au|aux|the|a|an)\b")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)\s+(?=\d{3}(?!\d))")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))


@lru_cache(_REMEMBERED)
def normalise_official(text: str) -> str:
    """SQuAD's normalisation to the letter: lower case, ASCII punctuation, English articles, white space."""
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(_ENGLISH_ARTICLES.sub(" ", kept).split())


@lru_cache(_REMEMBERED)
def normalise_french(text: str) -> str:
    """NFKC, lower case, apostrophes folded, spaces inside numbers joined, elided and full articles of
    both languages dropped, apostrophes to spaces, other punctuation dropped; accents kept."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    folded = _ELISION.sub(" ", _SPACE_IN_NUMBER.sub("", folded)).replace("'", " ")
    kept = "".join(c for c in folded if not unicodedata.category(c).startswith("P"))
    return " ".join(_ARTICLES.sub(" ", " ".join(kept.split())).split())


@lru_cache(_REMEMBERED)
def normalise_folded(text: str) -> str:
    """As `normalise_french`, and accents folded: for gold answers typed without them."""
    plain = unicodedata.normalize("NFD", normalise_french(text).replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def keep_answers(gold: Sequence[str], normalise: Normalise) -> list[str]:
    """The gold answers of which normalisation leaves something: SQuAD 2 counts only those."""
    return [answer for answer in gold if normalise(answer)]


def exact_match(prediction: str, gold: Sequence[str], normalise: Normalise) -> float:
    """1.0 if the prediction equals a gold answer, after normalisation; no gold answer is "" alone."""
    return float(any(normalise(prediction) == normalise(answer) for answer in gold or ("",)))


def _f1(prediction: list[str], gold: list[str]) -> float:
    if not prediction or not gold:
        return float(prediction == gold)
    shared = sum((Counter(prediction) & Counter(gold)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(prediction), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def f1(prediction: str, gold: Sequence[str], normalise: Normalise) -> float:
    """Largest token F1 in [0, 1] over the gold answers (SQuAD 2); no gold answer is "" alone."""
    words = normalise(prediction).split()
    return max(_f1(words, normalise(answer).split()) for answer in gold or ("",))


def squad_1(prediction: str, gold: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1 of SQuAD 1.1. Unlike in 2.0, two texts of which nothing is left have an F1 of 0, and
    gold answers of which nothing is left still count as answers."""
    words = normalise_official(prediction).split()
    exact = max((float(normalise_official(answer).split() == words) for answer in gold), default=0.0)
    scores = []
    for answer in gold:
        target = normalise_official(answer).split()
        shared = sum((Counter(words) & Counter(target)).values())
        precision, recall = shared / max(len(words), 1), shared / max(len(target), 1)
        scores.append(2 * precision * recall / (precision + recall) if shared else 0.0)
    return exact, max(scores, default=0.0)


def auroc(no_answer_probability: ArrayLike, impossible: ArrayLike) -> float | None:
    """Area under the ROC curve of the probability against what has no answer; None if all are alike."""
    if len(np.unique(impossible)) < 2:
        return None
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(np.asarray(impossible), np.asarray(no_answer_probability)))


def first_rank(passages: Sequence[tuple[int, int]], gold: Sequence[tuple[int, int]]) -> int | None:
    """Rank, from 1, of the first passage that holds the whole of a gold answer; None if none does."""
    for rank, (start, end) in enumerate(passages, 1):
        if any(start <= first and last <= end for first, last in gold):
            return rank
    return None


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """Share of the questions whose first right passage is among the k best."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Mean of 1 / rank, 0 where no passage was right."""
    return sum(0.0 if rank is None else 1 / rank for rank in ranks) / len(ranks)
