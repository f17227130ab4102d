"""How sure an answer is: features of a pooled reading, and the logistic model that weighs them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.bundle import MANIFEST, refresh_manifest
from embeddings.errors import BundleError
from embeddings.storage import write_whole
from qa.errors import ModelError
from qa.types import RetrievedPassage, SpanCandidate

CALIBRATION_FILE = "calibration.json"
FEATURES = ("margin", "gap", "lag", "relevance")
"""margin: the best span's pooled score; gap: how far the next span that does not overlap is behind;
lag: cosine of the answer's passage less the highest of the article, so at most 0; relevance: the same of
vectors and words together, from 0 for the article's least relevant passage to 1. All are relative to the
article, and so mean the same in a short one and a long one, in news and elsewhere."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic model of "the article answers this question".

    `threshold` is the probability from which an answer is given: the one with the best F1, or, where
    `max_risk` says so, one from which at most that share of the answers given is wrong. Fitted on
    `n_questions` of `source`;
    n_questions is 0 for the fallback, which takes the reader's own margin as log-odds. `f1` (percent, all
    questions), `auroc` and `ece` (with its 95% interval) are of articles left out of the fit; None where
    nobody measured.
    """

    weights: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    bias: float = 0.0
    threshold: float = 0.5
    source: str = "none"
    n_questions: int = 0
    f1: float | None = None
    auroc: float | None = None
    ece: float | None = None
    ece_interval: tuple[float, float] | None = None
    max_risk: float | None = None

    def probability(self, features: Sequence[float]) -> float:
        """Probability in (0, 1) that the article answers the question."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def measure(ranked: Sequence[SpanCandidate], passages: Sequence[RetrievedPassage]) -> tuple[float, ...]:
    """The features [len(FEATURES)] of a reading; `ranked` holds at least one candidate, best first."""
    best = ranked[0]
    gap = best.score - ranked[1].score if len(ranked) > 1 else best.score
    top = max((p.similarity for p in passages), default=best.similarity)
    return (best.score, gap, best.similarity - top, best.relevance)


def load_calibration(folder: Path) -> Calibration:
    """The calibration beside a reader's weights; the fallback where there is none."""
    path = folder / CALIBRATION_FILE
    if not path.is_file():
        return Calibration()
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        interval = record.get("ece_interval")
        pair = None if interval is None else (float(interval[0]), float(interval[1]))
        found = Calibration(**{**record, "weights": tuple(record["weights"]), "ece_interval": pair})
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ModelError(f"{path}: not a calibration ({error}); restore the file") from None
    numbers = (*found.weights, found.bias, found.threshold)
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in numbers):
        raise ModelError(f"{path}: weights, bias and threshold are not all numbers; restore the file")
    if len(found.weights) != len(FEATURES):
        raise ModelError(f"{path}: {len(found.weights)} weights, expected {len(FEATURES)}; restore the file")
    return found


def save_calibration(calibration: Calibration, folder: Path) -> None:
    """Write the calibration beside a reader's weights, and its hash into their manifest if they have one. A
    program that is killed between the two leaves a reader that says so, and that can be calibrated again.

    Raises ModelError when the folder cannot be written.
    """
    text = json.dumps(asdict(calibration), indent=1) + "\n"
    try:
        with write_whole(folder / CALIBRATION_FILE) as file:
            file.write(text)
        if (folder / MANIFEST).is_file():
            refresh_manifest(folder, rewritten=[CALIBRATION_FILE])
    except BundleError as error:
        raise ModelError(str(error)) from None
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error.strerror or error}); make room, or allow it") from None
