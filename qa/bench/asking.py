"""One question, and many, on articles of several lengths: the systems by turns, so that the machine is the same."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.article import Article, load_article
from qa.bench.machine import count_flops, time_products
from qa.bench.page import choose_questions, quantiles
from qa.bench.systems import OURS, Ask, open_ours, open_system
from qa.pipeline import ArticleQA, Models

CORPUS = Path(__file__).parents[2] / "seeds" / "dispatches" / "dev.json"
N_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds a system took: to open the article, models included, and for each question."""

    system: str
    opening: float
    times: tuple[float, ...]


def make_article(n_characters: int) -> Article:
    """The seed where 0 is asked for; else the fictional dispatches, one after the other, over again if need be."""
    if n_characters == 0:
        return load_article()
    record = json.loads(CORPUS.read_text(encoding="utf-8"))
    texts = [paragraph["context"] for article in record["data"] for paragraph in article["paragraphs"]]
    whole = "\n\n".join(texts)
    repeated = "\n\n".join([whole] * (1 + n_characters // len(whole)))
    return Article.from_text(repeated[:n_characters])


def time_questions(systems: Sequence[str], article: Article, n_questions: int) -> list[Asked]:
    """Each question of all systems before the next one; the first few are asked twice and not counted."""
    opened: dict[str, Ask] = {}
    opening, times = {}, {name: list[float]() for name in systems}
    for name in systems:
        started = time.perf_counter()
        opened[name] = open_system(name, article)
        opening[name] = (time.perf_counter() - started) * 1e3
    questions = choose_questions(n_questions)
    for question in (*questions[:N_WARM_UP], *questions):
        for name, ask in opened.items():
            started = time.perf_counter()
            ask(question)
            times[name].append((time.perf_counter() - started) * 1e3)
    return [Asked(name, opening[name], tuple(times[name][N_WARM_UP:])) for name in systems]


def ratio(other: Asked, own: Asked) -> float:
    """How many times longer the other takes: the median over the questions, each asked of both in a row."""
    return statistics.median(a / b for a, b in zip(other.times, own.times, strict=True))


def time_many(systems: Sequence[str], article: Article, n_questions: int) -> list[tuple[str, float]]:
    """Questions a second of each system: `ask_many` of ours, one after the other of those that have nothing else."""
    questions = choose_questions(n_questions)
    found = []
    for name in systems:
        if name in OURS:
            ours = open_ours(name, article)
            ours.ask_many(questions[:2])
            started = time.perf_counter()
            ours.ask_many(questions)
        else:
            ask = open_system(name, article)
            ask(questions[0])
            started = time.perf_counter()
            for question in questions:
                ask(question)
        found.append((name, len(questions) / (time.perf_counter() - started)))
    return found


@dataclass(frozen=True, slots=True)
class Limit:
    """Tokens of a question's forward pass, its operations in GFLOP, and the milliseconds of its products in fp32."""

    n_tokens: int
    gflop: float
    products: float


def find_limit(article: Article) -> Limit:
    """What the machine's matrix products alone take for one public question."""
    opened = ArticleQA.load(article, Models.load())
    question = choose_questions(2)[0]
    windows = opened.windows(opened.retrieve([question])[0].passages)
    lengths = [len(read.start) for read in opened.models.reader.read([(question, windows)])[0]]
    return Limit(sum(lengths), count_flops(lengths) / 1e9, time_products(sum(lengths)))


def format_asked(found: Sequence[Asked], limit: Limit) -> str:
    """A Markdown table; ratios are to the first system."""
    lines = [
        f"One question reads {limit.n_tokens} tokens, {limit.gflop:.1f} GFLOP; its matrix products alone take "
        f"{limit.products:.1f} ms here in fp32.",
        "",
        "| system | opens in s | p50 ms | p95 ms | times the first | times the products |",
        "|---|---|---|---|---|---|",
    ]
    for each in found:
        p50, p95 = quantiles(each.times)
        lines.append(
            f"| {each.system} | {each.opening / 1e3:.2f} | {p50:.1f} | {p95:.1f} | {ratio(each, found[0]):.2f} "
            f"| {p50 / limit.products:.2f} |"
        )
    return "\n".join(lines)


def format_many(found: Sequence[tuple[str, float]]) -> str:
    """A Markdown table; ratios are to the first system."""
    lines = ["| system | questions a second | the first is faster by |", "|---|---|---|"]
    lines += [f"| {name} | {rate:.1f} | {found[0][1] / rate:.2f} |" for name, rate in found]
    return "\n".join(lines)
