"""One question, and many, on articles of several lengths: the systems by turns, so that the machine is the same."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from qa.article import Article, load_article
from qa.bench.machine import Rates, count_flops, measure_rates
from qa.bench.page import choose_questions, quantiles
from qa.bench.process import SystemProcess
from qa.pipeline import ArticleQA, Models, read_requests
from qa.types import Window, WindowLogits

SEEDS = Path(__file__).parents[2] / "seeds"
CORPORA = tuple(SEEDS / name for name in ("more_dispatches/train.json", "dispatches/train.json", "dispatches/dev.json"))
N_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system took on one article: seconds to open it, models included; milliseconds for each question asked
    alone; questions a second when all are asked at once; megabytes of memory at most."""

    system: str
    opening: float
    times: tuple[float, ...]
    rate: float
    peak: float


@dataclass(frozen=True, slots=True)
class Limit:
    """Tokens that a question's forward pass reads, its operations in GFLOP, and the machine's rates of products."""

    n_tokens: float
    gflop: float
    rates: Rates

    @property
    def products(self) -> float:
        """Milliseconds of a question's products alone, in fp32."""
        return self.gflop / self.rates.fp32 * 1e3


@dataclass(frozen=True, slots=True)
class Measured:
    """All systems on one article, in the order that they were named."""

    n_characters: int
    n_passages: int
    n_read: int
    systems: tuple[Asked, ...]
    limit: Limit


def make_article(n_characters: int) -> Article:
    """The seed where 0 is asked for; else the fictional dispatches, one after the other, over again if need be."""
    if n_characters == 0:
        return load_article()
    records = (json.loads(path.read_text(encoding="utf-8")) for path in CORPORA)
    texts = [part["context"] for record in records for entry in record["data"] for part in entry["paragraphs"]]
    whole = "\n\n".join(texts)
    repeated = "\n\n".join([whole] * (1 + n_characters // len(whole)))
    return Article.from_text(repeated[:n_characters])


def measure(systems: Sequence[str], article: Article, n_questions: int) -> Measured:
    """Ask each system in a process of its own: every question of all of them before the next one, then all
    questions of one system after the other. The first few are asked before, and not counted."""
    from qa.bench.systems import count_read

    questions = choose_questions(n_questions)
    opened = ArticleQA.load(article, Models.load())
    passages = [passage.text for passage in opened.passages]
    limit = find_limit(opened, questions)
    del opened
    with ExitStack() as stack:
        processes = [stack.enter_context(SystemProcess(name, article, passages)) for name in systems]
        times = _ask_by_turns(processes, questions)
        rates = [len(questions) / process.ask(questions) for process in processes]
        asked = tuple(
            Asked(process.name, process.opening, own, rate, process.peak())
            for process, own, rate in zip(processes, times, rates, strict=True)
        )
    return Measured(len(article.text), len(passages), count_read(passages), asked, limit)


def _ask_by_turns(processes: Sequence[SystemProcess], questions: Sequence[str]) -> list[tuple[float, ...]]:
    """Milliseconds of each question, for each process. Each is asked another question before, so that it does
    not find the processor's caches full of the system before it."""
    for process in processes:
        process.ask(questions[:N_WARM_UP])
    times: list[list[float]] = [[] for _ in processes]
    for i, question in enumerate(questions):
        for process, own in zip(processes, times, strict=True):
            process.ask([questions[i - 1]])
            own.append(process.ask([question]) * 1e3)
    return [tuple(own) for own in times]


class _Counted:
    """A reader that keeps how many tokens each of its rows has."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.lengths: list[int] = []

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        found: list[list[WindowLogits]] = self._reader.read(requests)
        self.lengths += [len(window.start) for read in found for window in read]
        return found


def find_limit(opened: ArticleQA, questions: Sequence[str]) -> Limit:
    """What reading takes of the machine, on average over the questions."""
    counted = _Counted(opened.models.reader)
    read_requests(opened.retrieve(questions), replace(opened.models, reader=cast(Any, counted)))
    n_tokens = sum(counted.lengths) / len(questions)
    return Limit(n_tokens, count_flops(counted.lengths) / len(questions) / 1e9, measure_rates(round(n_tokens)))


def ratio(other: Asked, own: Asked) -> float:
    """How many times longer the other takes: the median over the questions, each asked of both in a row."""
    return statistics.median(a / b for a, b in zip(other.times, own.times, strict=True))


def format_measured(found: Sequence[Measured]) -> str:
    """One Markdown table, a line a system and article; what is "x" is relative to the first system."""
    first = [
        f"{m.n_characters:,} characters: {m.n_passages:,} passages, of which a question reads at most {m.n_read}; "
        f"ours reads {m.limit.n_tokens:.0f} tokens of mean, {m.limit.gflop:.1f} GFLOP; the machine multiplies at "
        f"{m.limit.rates.fp32:.0f} GFLOP/s in fp32, {m.limit.rates.int8:.0f} in whole numbers, so that the products "
        f"alone take {m.limit.products:.1f} ms in fp32."
        for m in found
    ]
    table = [
        "| characters | system | opens s | p50 ms | p95 ms | x | p50 / products | questions / s | x | peak MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*first, "", *table, *(line for m in found for line in _format_lines(m))])


def _format_lines(measured: Measured) -> list[str]:
    own = measured.systems[0]
    lines = []
    for each in measured.systems:
        p50, p95 = quantiles(each.times)
        lines.append(
            f"| {measured.n_characters:,} | {each.system} | {each.opening:.1f} | {p50:.1f} | {p95:.1f} "
            f"| {ratio(each, own):.2f} | {p50 / measured.limit.products:.2f} "
            f"| {each.rate:.1f} | {own.rate / each.rate:.2f} | {each.peak:.0f} |"
        )
    return lines
