"""The command line: ask | evaluate | compare | calibrate | index | doctor."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from embeddings.types import Backend
from qa.config import PROFILES, Profile, find_profile
from qa.errors import DispatchError, EvaluationError, ModelError
from qa.printable import printable, printable_json


def _model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--article", type=Path, metavar="FILE", help="default: the dispatch in seeds/")
    command.add_argument("--models", choices=PROFILES, default="compact", help="model profile (default: compact)")
    command.add_argument("--encoder", metavar="NAME", help="another encoder: a folder or a hub name")
    command.add_argument("--reader", metavar="NAME", help="another reader: a folder or a hub name")
    command.add_argument(
        "--backend", choices=get_args(Backend), help="what runs the models (default: auto, the fastest that can)"
    )


def _profile(args: argparse.Namespace) -> Profile:
    return find_profile(args.models, args.encoder, args.reader, args.backend)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask a news article, get its own words.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question")
    _model_options(ask)
    ask.add_argument("--index", type=Path, metavar="DIR", help="keep the article's index there between runs")
    ask.add_argument("--json", action="store_true", help="print the whole record as JSON")
    ask.set_defaults(run=_ask)
    _add_evaluation(commands)
    index = commands.add_parser("index", help="build an article's index ahead of the first question")
    _model_options(index)
    index.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the index")
    index.set_defaults(run=_index)
    doctor = commands.add_parser("doctor", help="check this installation; exit 1 when something is wrong")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_evaluation(commands: Any) -> None:
    """Add evaluate, compare and calibrate to the subparsers."""
    evaluate = commands.add_parser("evaluate", help="ask every question of a file and score the answers")
    evaluate.add_argument(
        "file", type=Path, help="SQuAD 1.1 or 2.0 JSON, JSONL or CSV, a folder of them, or - for standard input"
    )
    _model_options(evaluate)
    evaluate.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    evaluate.add_argument("--resume", action="store_true", help="go on with the run in DIR that was stopped")
    evaluate.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    evaluate.add_argument("--ray", action="store_true", help="processes of a Ray cluster, or of a local one")
    evaluate.add_argument(
        "--upper-bound",
        action=argparse.BooleanOptionalAction,
        help="also read only the passage with the answer (default: for at most 2,000 questions)",
    )
    evaluate.set_defaults(run=_evaluate)
    compare = commands.add_parser("compare", help="compare two runs; exit 1 when the second is worse")
    compare.add_argument("a", type=Path, help="folder of the first run")
    compare.add_argument("b", type=Path, help="folder of the second run")
    compare.add_argument(
        "--margin", type=float, default=1.0, metavar="X", help="points of F1 that B may lose (default: 1.0)"
    )
    compare.add_argument("--output", type=Path, metavar="FILE", help="also write the comparison as HTML")
    compare.set_defaults(run=_compare)
    calibrate = commands.add_parser("calibrate", help="fit the confidence of a reader on a file of questions")
    calibrate.add_argument("file", type=Path, nargs="+", help="questions with their articles; not those reported on")
    _model_options(calibrate)
    calibrate.add_argument("--split", metavar="NAME", help="what the split is called (default: the files' names)")
    calibrate.add_argument(
        "--max-risk",
        type=float,
        metavar="R",
        help="set the threshold so that at most this share of answers is wrong, with 95%% confidence "
        "(default: the best F1)",
    )
    calibrate.set_defaults(run=_calibrate)


def _ask(args: argparse.Namespace) -> None:
    from qa.article import load_article
    from qa.pipeline import ArticleQA, check_question

    check_question(args.question)
    article = load_article(args.article)
    profile = _profile(args)
    opened = ArticleQA.load(article, profile, index=args.index)
    answer = opened.ask(args.question)
    if args.json:
        print(printable_json(answer.to_dict()))
        return
    print(printable(answer.text) if answer else "The article does not say.")
    if answer.evidence is not None:
        label = "sentence" if answer else "closest passage"
        print(f"{label}: {printable(' '.join(answer.evidence.text.split()))}")
    print(f"confidence: {answer.confidence:.0%}")


def _evaluate(args: argparse.Namespace) -> None:
    from qa.article import load_article
    from qa.evaluation.articles import open_library
    from qa.evaluation.runner import RunOptions, evaluate
    from qa.evaluation.scan import scan_source
    from qa.evaluation.sources import open_source
    from qa.evaluation.terminal import print_summary
    from qa.pipeline import Models

    options = RunOptions(args.resume, args.workers, args.ray, args.upper_bound, progress=True, name=str(args.file))
    source = open_source(args.file, args.output, sys.stdin.buffer)
    scanned = scan_source(source, args.file)
    folder = args.article if args.article is not None and args.article.is_dir() else None
    library = open_library(source.path, scanned.names, folder)
    article = load_article(args.article) if scanned.needs_default and folder is None else None
    models = Models.load(_profile(args))
    try:
        summary = evaluate(source, models, args.output, article, options=options, library=library)
    except KeyboardInterrupt:
        print(f"stopped; the answers so far are in {args.output}, go on with --resume", file=sys.stderr)
        raise
    print_summary(summary)
    print(f"written to {args.output}")


def _compare(args: argparse.Namespace) -> int:
    from qa.evaluation.compare import compare
    from qa.evaluation.compare_page import write_comparison
    from qa.evaluation.terminal import print_comparison

    if args.margin < 0:
        raise EvaluationError(f"--margin {args.margin}: expected 0 or more points of F1")
    found = compare(args.a, args.b, args.margin)
    if args.output is not None:
        write_comparison(args.output, found)
    print_comparison(found)
    return int(found.is_worse)


def _calibrate(args: argparse.Namespace) -> None:
    from qa.calibration import save_calibration
    from qa.evaluation.calibrate import calibrate
    from qa.evaluation.terminal import print_calibration
    from qa.pipeline import Models

    if args.article is not None:
        raise EvaluationError("calibrate: --article is not read; the questions' file names its articles")
    profile = _profile(args)
    folder = Path(profile.reader)
    if not folder.is_dir():
        raise ModelError(f"reader {profile.reader!r} is no folder, so there is no place for its calibration")
    models = Models.load(profile, calibrated=False)
    found = calibrate(args.file, models, args.split, args.max_risk)
    save_calibration(found, folder)
    print_calibration(found)
    print(f"written to {folder}")


def _index(args: argparse.Namespace) -> None:
    from qa.pipeline import ArticleQA

    profile = _profile(args)
    opened = ArticleQA.load(args.article, profile, index=args.output, progress=True)
    print(f"{opened.n_passages} passages of {opened.article.name} indexed in {args.output}")


def _doctor(args: argparse.Namespace) -> int:
    from qa.doctor import examine

    n_wrong = 0
    for check in examine():
        print(check, flush=True)
        n_wrong += not check.passed
    print("everything is as it should be" if not n_wrong else f"{n_wrong} of these are wrong")
    return int(n_wrong > 0)


def _drop_output() -> None:
    """What is left of the output goes nowhere, so that the end of the program does not fail over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it ended, 2 for bad input, with one line on standard error; 1 when a
    comparison found the second run worse, or a check of the installation failed."""
    args = _parser().parse_args(argv)
    from qa.logs import quiet_libraries

    quiet_libraries()
    if isinstance(sys.stdout, io.TextIOWrapper):  # an answer may hold what the terminal's encoding has not
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int | None = args.run(args)
        print(end="", flush=True)
    except DispatchError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads our output, such as head, has had enough
        _drop_output()
        return 141
    except OSError as error:
        print(f"error: the output cannot be written ({error.strerror or error})", file=sys.stderr)
        _drop_output()
        return 2
    return 0 if status is None else status
