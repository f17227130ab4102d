"""Retrieval figures, by ir-measures: is a passage that holds a gold answer among the first ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from qa.evaluation.scoring import Scored

CUTS = (1, 3, 5)
_AT_ONCE = 2_000


class RetrievalTotals:
    """Takes scores one by one and keeps sums, so that no more than _AT_ONCE questions are held."""

    def __init__(self) -> None:
        from ir_measures import RR, Success, nDCG

        self._measures = {**{f"recall@{k}": Success @ k for k in CUTS}, "mrr": RR, "ndcg@5": nDCG @ 5}
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._n = 0
        self._waiting: list[Scored] = []

    def add(self, scored: Scored) -> None:
        """Count a question, if it was asked and its gold answer has a place in the article."""
        if scored.rank != 0 and scored.milliseconds is not None:
            self._waiting.append(scored)
            if len(self._waiting) == _AT_ONCE:
                self._measure()

    def figures(self) -> dict[str, Any]:
        """n, recall@1, 3 and 5 (a question counts when one right passage is among them: ir-measures' Success), mrr
        (RR) and ndcg@5; a passage is right when it holds the whole of a gold answer. Questions of which no
        passage could be right, since the answer crosses two, count as not found."""
        if self._waiting:
            self._measure()
        return {"n": self._n, **{name: round(self._sums[name] / self._n, 4) for name in self._measures if self._n}}

    def _measure(self) -> None:
        from ir_measures import Qrel, ScoredDoc, calc_aggregate

        # A passage of its own that is never found keeps a question without right passages in the mean.
        qrels = [Qrel(s.id, str(p), 1) for s in self._waiting for p in (s.relevant if s.relevant else (-1,))]
        run = [ScoredDoc(s.id, str(p), -float(rank)) for s in self._waiting for rank, p in enumerate(s.retrieved)]
        means = calc_aggregate(self._measures.values(), qrels, run)
        for name, measure in self._measures.items():
            self._sums[name] += len(self._waiting) * float(means[measure])
        self._n += len(self._waiting)
        self._waiting = []


def retrieval_figures(scored: Iterable[Scored]) -> dict[str, Any]:
    """The figures of some scores."""
    totals = RetrievalTotals()
    for one in scored:
        totals.add(one)
    return totals.figures()
