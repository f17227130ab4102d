"""The command line: ask | evaluate | index."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.config import PROFILES, find_profile
from qa.errors import DispatchError


def _model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--article", type=Path, metavar="FILE", help="default: the dispatch in seeds/")
    command.add_argument("--models", choices=PROFILES, default="compact", help="model profile (default: compact)")
    command.add_argument("--encoder", metavar="NAME", help="another encoder: a folder or a hub name")
    command.add_argument("--reader", metavar="NAME", help="another reader: a folder or a hub name")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask a news article, get its own words.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question")
    _model_options(ask)
    ask.add_argument("--index", type=Path, metavar="DIR", help="keep the article's index there between runs")
    ask.add_argument("--json", action="store_true", help="print the whole record as JSON")
    ask.set_defaults(run=_ask)
    evaluate = commands.add_parser("evaluate", help="ask every question of a file and score the answers")
    evaluate.add_argument("file", type=Path, help="questions in SQuAD 1.1 or 2.0 JSON")
    _model_options(evaluate)
    evaluate.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    evaluate.set_defaults(run=_evaluate)
    index = commands.add_parser("index", help="build an article's index ahead of the first question")
    _model_options(index)
    index.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the index")
    index.set_defaults(run=_index)
    return parser


def _ask(args: argparse.Namespace) -> None:
    from qa.article import load_article
    from qa.pipeline import ArticleQA, check_question

    check_question(args.question)
    article = load_article(args.article)
    profile = find_profile(args.models, args.encoder, args.reader)
    opened = ArticleQA.load(article, profile, index=args.index)
    answer = opened.ask(args.question)
    if args.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=1))
        return
    print(answer.text if answer else "The article does not say.")
    if answer.evidence is not None:
        label = "sentence" if answer else "closest passage"
        print(f"{label}: {' '.join(answer.evidence.text.split())}")
    print(f"confidence: {answer.confidence:.0%}")


def _evaluate(args: argparse.Namespace) -> None:
    from qa.article import load_article
    from qa.evaluation.questions import read_questions
    from qa.evaluation.runner import evaluate
    from qa.pipeline import Models

    questions = read_questions(args.file)
    article = load_article(args.article) if any(q.context is None for q in questions) else None
    models = Models.load(find_profile(args.models, args.encoder, args.reader))
    summary = evaluate(questions, models, args.output, article, progress=True)
    _print_summary(summary)
    print(f"written to {args.output}")


def _print_summary(summary: dict[str, Any]) -> None:
    rows = {"all": summary["overall"], **summary["by_language"]}
    print(f"{'':6}{'n':>6}{'F1':>8}{'EM':>8}{'F1 answerable, forced':>24}")
    for name, scores in rows.items():
        figures = scores["french_aware"]
        forced = figures["f1_answerable_forced"]
        print(
            f"{name:6}{scores['n']:>6}{figures['f1']:>8.1f}{figures['exact_match']:>8.1f}"
            f"{'-' if forced is None else format(forced, '.1f'):>24}"
        )
    area = summary["abstention"]["auroc"]
    print(f"no-answer AUROC: {'-' if area is None else format(area, '.3f')}")


def _index(args: argparse.Namespace) -> None:
    from qa.pipeline import ArticleQA

    profile = find_profile(args.models, args.encoder, args.reader)
    opened = ArticleQA.load(args.article, profile, index=args.output, progress=True)
    print(f"{opened.n_passages} passages of {opened.article.name} indexed in {args.output}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it ended, 2 for bad input, with one line on standard error."""
    args = _parser().parse_args(argv)
    from qa.logs import quiet_libraries

    quiet_libraries()
    try:
        args.run(args)
    except DispatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0
