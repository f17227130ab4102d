"""Retrieval figures, by ir-measures: is a passage that holds a gold answer among the first ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from qa.evaluation.scoring import Scored

CUTS = (1, 3, 5)
_AT_ONCE = 2_000


def _blocks(scored: Sequence[Scored]) -> Iterator[list[Scored]]:
    """Questions whose gold answer has a place in the article, some at a time."""
    placed = [s for s in scored if s.rank != 0 and s.milliseconds is not None]
    for first in range(0, len(placed), _AT_ONCE):
        yield placed[first : first + _AT_ONCE]


def retrieval_figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """n, recall@1, 3 and 5 (a question counts when one right passage is among them: ir-measures' Success), mrr
    (RR) and ndcg@5; a passage is right when it holds the whole of a gold answer. Questions of which no
    passage could be right, since the answer crosses two, count as not found."""
    from ir_measures import RR, Qrel, ScoredDoc, Success, calc_aggregate, nDCG

    measures = {**{f"recall@{k}": Success @ k for k in CUTS}, "mrr": RR, "ndcg@5": nDCG @ 5}
    totals: defaultdict[str, float] = defaultdict(float)
    n = 0
    for block in _blocks(scored):
        # A passage of its own that is never found keeps a question without right passages in the mean.
        qrels = [Qrel(s.id, str(p), 1) for s in block for p in (s.relevant if s.relevant else (-1,))]
        run = [ScoredDoc(s.id, str(p), -float(rank)) for s in block for rank, p in enumerate(s.retrieved)]
        means = calc_aggregate(measures.values(), qrels, run)
        n += len(block)
        for name, measure in measures.items():
            totals[name] += len(block) * float(means[measure])
    return {"n": n, **{name: round(totals[name] / n, 4) for name in measures if n}}
