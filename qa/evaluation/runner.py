"""Ask every question of a file, article by article, and write predictions and metrics."""

from __future__ import annotations

import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median
from typing import Any

from qa.article import Article, load_article
from qa.errors import DispatchError, EvaluationError
from qa.evaluation import metrics
from qa.evaluation.questions import EvaluationQuestion
from qa.pipeline import ArticleQA, Models
from qa.types import Answer


@dataclass(frozen=True, slots=True)
class Result:
    """One question and what came of it; `error` is set, and `answer` None, where it could not be asked."""

    question: EvaluationQuestion
    answer: Answer | None
    forced: str
    error: str | None = None

    @property
    def prediction(self) -> str:
        """The answer's text, "" for an abstention or an error."""
        return "" if self.answer is None else self.answer.text

    @property
    def no_answer_probability(self) -> float:
        """1 where the question could not be asked."""
        return 1.0 if self.answer is None else self.answer.no_answer_probability


def _forced(answer: Answer) -> str:
    """The best span, also where the answer abstains."""
    if answer.answered or not answer.alternatives:
        return answer.text
    return answer.alternatives[0].text


def _groups(questions: Sequence[EvaluationQuestion]) -> dict[str | None, list[int]]:
    groups: defaultdict[str | None, list[int]] = defaultdict(list)
    for i, question in enumerate(questions):
        groups[question.context].append(i)
    return groups


def ask_all(
    questions: Sequence[EvaluationQuestion], models: Models, article: Article | None, progress: bool
) -> Iterator[tuple[int, Result]]:
    """Each question's position and result, one article after the other."""
    from tqdm.auto import tqdm

    with tqdm(total=len(questions), unit="question", disable=not progress) as bar:
        for context, positions in _groups(questions).items():
            results = _ask_group(context, [questions[i] for i in positions], models, article)
            yield from zip(positions, results, strict=True)
            bar.update(len(positions))


def _ask_group(
    context: str | None, questions: list[EvaluationQuestion], models: Models, article: Article | None
) -> list[Result]:
    try:
        opened = Article.from_text(context, questions[0].title) if context is not None else load_article(article)
        asked = ArticleQA.load(opened, models)
    except DispatchError as error:
        return [Result(question, None, "", str(error)) for question in questions]
    try:
        answers = asked.ask_many([question.question for question in questions])
    except DispatchError:  # one of them cannot be asked: find out which, and answer the others
        return [_ask_one(asked, question) for question in questions]
    return [Result(q, answer, _forced(answer)) for q, answer in zip(questions, answers, strict=True)]


def _ask_one(asked: ArticleQA, question: EvaluationQuestion) -> Result:
    try:
        answer = asked.ask(question.question)
    except DispatchError as error:
        return Result(question, None, "", str(error))
    return Result(question, answer, _forced(answer))


def _gold_texts(result: Result) -> list[str]:
    return [answer.text for answer in result.question.gold]


def _scores(results: Sequence[Result]) -> dict[str, Any]:
    """EM and F1 in percent over all, answerable (also when forced to answer) and unanswerable questions."""

    def percent(
        kind: Callable[..., float], normalise: metrics.Normalise, chosen: Sequence[Result], forced: bool
    ) -> float | None:
        if not chosen:
            return None
        texts = [(r.forced if forced else r.prediction, _gold_texts(r)) for r in chosen]
        return round(100 * mean(kind(text, gold, normalise) for text, gold in texts), 2)

    has, no = [r for r in results if r.question.gold], [r for r in results if not r.question.gold]
    found: dict[str, Any] = {
        "n": len(results),
        "n_answerable": len(has),
        "n_errors": sum(r.error is not None for r in results),
    }
    for name, normalise in (("french_aware", metrics.normalise_french), ("official", metrics.normalise_official)):
        found[name] = {
            "f1": percent(metrics.f1, normalise, results, False),
            "exact_match": percent(metrics.exact_match, normalise, results, False),
            "f1_answerable": percent(metrics.f1, normalise, has, False),
            "f1_answerable_forced": percent(metrics.f1, normalise, has, True),
            "f1_unanswerable": percent(metrics.f1, normalise, no, False),
        }
    return found


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, Any]:
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    return {name: _scores(group) for name, group in sorted(groups.items())}


def _retrieval(results: Sequence[Result]) -> dict[str, Any]:
    """Recall and MRR over the questions whose gold answers have a place in the article."""
    ranks = []
    for result in results:
        gold = [(g.start, g.start + len(g.text)) for g in result.question.gold if g.start is not None]
        if gold and result.answer is not None:
            places = [(p.passage.start, p.passage.end) for p in result.answer.passages]
            ranks.append(metrics.first_rank(places, gold))
    if not ranks:
        return {"n": 0}
    found = {f"recall@{k}": round(metrics.recall_at(ranks, k), 4) for k in (1, 3, 5)}
    return {"n": len(ranks), **found, "mrr": round(metrics.mean_reciprocal_rank(ranks), 4)}


def _abstention(results: Sequence[Result]) -> dict[str, Any]:
    impossible = [not result.question.gold for result in results]
    area = metrics.auroc([result.no_answer_probability for result in results], impossible)
    return {
        "auroc": None if area is None else round(area, 4),
        "n_abstained": sum(not result.prediction for result in results),
        "n_unanswerable": sum(impossible),
    }


def _latency(results: Sequence[Result], seconds: float) -> dict[str, Any]:
    times = sorted(result.answer.timing.total_ms for result in results if result.answer is not None)
    return {
        "seconds": round(seconds, 2),
        "questions_per_second": round(len(results) / max(seconds, 1e-9), 2),
        "p50_ms": round(median(times), 2) if times else None,
        "p95_ms": round(times[min(len(times) - 1, int(0.95 * len(times)))], 2) if times else None,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def summarise(results: Sequence[Result], models: Models, seconds: float) -> dict[str, Any]:
    """The content of metrics.json."""
    packages = ("dispatch-qa", "torch", "transformers", "sentence-transformers", "faiss-cpu")
    return {
        "overall": _scores(results),
        "by_language": _by(results, lambda r: r.question.language),
        "by_type": _by(results, lambda r: r.question.type),
        "retrieval": _retrieval(results),
        "abstention": _abstention(results),
        "latency": _latency(results, seconds),
        "versions": {"python": platform.python_version(), **{p: _version(p) for p in packages}, **models.names},
    }


def _write(path: Path, content: Any) -> None:
    """Write JSON whole or not at all."""
    staging = path.with_name(f".{path.name}.part")
    staging.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(staging, path)


def evaluate(
    questions: Sequence[EvaluationQuestion],
    models: Models,
    output: Path,
    article: Article | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Ask all questions, write predictions.json, na_prob.json and metrics.json into `output`, and return
    the metrics. Raises EvaluationError when the folder cannot be written."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        by_position = dict(ask_all(questions, models, article, progress))
        results = [by_position[i] for i in range(len(questions))]
        summary = summarise(results, models, time.perf_counter() - started)
        _write(output / "predictions.json", {r.question.id: r.prediction for r in results})
        _write(output / "na_prob.json", {r.question.id: round(r.no_answer_probability, 6) for r in results})
        _write(output / "metrics.json", summary)
    except OSError as error:
        raise EvaluationError(f"{output}: cannot be written ({error.strerror or error})") from None
    return summary
