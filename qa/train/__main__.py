"""`python -m qa.train`: make the compact bilingual reader, step by step.

python -m qa.train read     --data DIR --init .work/s1 --mix general    --output .work/r1
python -m qa.train read     --data DIR --init .work/r1 --mix dispatches --output .work/r2
python -m qa.train read     --data DIR --init .work/r2 --mix full       --output .work/r3
python -m qa.train average  --init .work/r3 .work/r2 --shares 0.5 0.5 --output .work/r4
python -m qa.train dev-sets --data DIR --output .work/dev
python -m qa.train export   --init .work/r4 --output qa/weights
python -m qa calibrate seeds/more_dispatches/dev.json --split seeds/more_dispatches/dev.json
python -m qa.train score    --data DIR --init qa/weights
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def _read(args: argparse.Namespace) -> None:
    from transformers import AutoTokenizer

    from qa.train.loop import Schedule, train_reader
    from qa.train.mixes import build_features
    from qa.train.windows import WindowBuilder

    tokenizer = AutoTokenizer.from_pretrained(args.init)
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    builder = WindowBuilder(backend, args.max_tokens, args.seed)
    features = build_features(args.data, args.mix, builder, args.seed, args.corpus_share)
    n_tokens = sum(len(f.input_ids) for f in features)
    n_null = sum(f.start == 0 for f in features)
    print(f"{len(features)} windows, {n_tokens} tokens, {n_null / len(features):.1%} without an answer")
    schedule = Schedule(
        args.body_rate, args.table_rate, args.batch_size, args.epochs, dropout=args.dropout, seed=args.seed
    )
    train_reader(args.init, args.output, features, tokenizer, schedule)


def _average(args: argparse.Namespace) -> None:
    from qa.train.average import average_readers

    average_readers(args.init, args.shares, args.output)


def _dev_sets(args: argparse.Namespace) -> None:
    from embeddings.train.questions import write_dev_sets

    for path in write_dev_sets(args.data, args.output):
        print(path)


def _export(args: argparse.Namespace) -> None:
    from qa.train.export import export_reader

    commands = [line.strip() for line in (__doc__ or "").splitlines() if line.startswith("python")]
    export_reader(args.init, args.output, commands, args.seed)


def _score(args: argparse.Namespace) -> None:
    from qa.train.scoring import record_scores

    print(json.dumps(record_scores(args.data, args.init), indent=1))


def _parser() -> argparse.ArgumentParser:
    from qa.train.loop import Schedule
    from qa.train.mixes import MIXES

    defaults = Schedule()
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    command = steps.add_parser("read", help="train a reader; a stopped run goes on from its last checkpoint")
    command.add_argument("--data", type=Path, required=True, help="folder with parallel/ and qa/")
    command.add_argument("--init", type=Path, required=True, help="encoder or reader folder to start from")
    command.add_argument("--output", type=Path, required=True)
    command.add_argument("--mix", choices=MIXES, required=True)
    command.add_argument("--epochs", type=float, default=defaults.epochs)
    command.add_argument("--batch-size", type=int, default=defaults.batch_size)
    command.add_argument("--body-rate", type=float, default=defaults.body_rate)
    command.add_argument("--table-rate", type=float, default=defaults.table_rate)
    command.add_argument("--dropout", type=float, default=defaults.dropout)
    command.add_argument("--max-tokens", type=int, default=384)
    command.add_argument("--corpus-share", type=float, default=1.0, help="part of the dispatch corpus used")
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(run=_read)
    command = steps.add_parser("average", help="mix the weights of readers of one descent")
    command.add_argument("--init", type=Path, nargs="+", required=True)
    command.add_argument("--shares", type=float, nargs="+", required=True, help="one each, 1 in sum")
    command.add_argument("--output", type=Path, required=True)
    command.set_defaults(run=_average)
    command = steps.add_parser("export", help="write the weights that ship: half precision, manifest with hashes")
    command.add_argument("--init", type=Path, required=True)
    command.add_argument("--output", type=Path, required=True)
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(run=_export)
    command = steps.add_parser("score", help="measure a bundle on the development sets, into its manifest")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--init", type=Path, required=True)
    command.set_defaults(run=_score)
    command = steps.add_parser("dev-sets", help="write the PIAF and SQuAD articles kept for development")
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--output", type=Path, required=True)
    command.set_defaults(run=_dev_sets)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one step; 0 when it ended."""
    args = _parser().parse_args(argv)
    args.run(args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
