"""`python -m embeddings.train`: make the compact bilingual encoder, step by step.

python -m embeddings.train vocabulary --data DIR --output .work/s0
python -m embeddings.train align      --data DIR --init .work/s0 --output .work/s1
python -m embeddings.train retrieve   --data DIR --init .work/s1 --output .work/s4
python -m embeddings.train score      --data DIR --init .work/s4
python -m embeddings.train export     --data DIR --init .work/s4 --output embeddings/weights
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from embeddings.train.backbone import BACKBONE_SHA256
from embeddings.train.questions import LICENCES
from embeddings.train.scoring import score

TRAINING_DATA = {
    "Tatoeba sentence pairs": "CC BY 2.0 FR",
    "Canadian federal laws and regulations, segments, sections and titles": "Open Government Licence - Canada",
    "Python documentation and its French translation": "CC0",
    "TICO-19": "CC0",
    "Mintaka questions": "CC BY 4.0",
    **LICENCES,
    "Unicode CLDR names (vocabulary)": "Unicode-3.0",
}
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LAWS_WEIGHT, PAIRS_WEIGHT, NEWS_WEIGHT = 0.1, 0.5, 4.0


def _vocabulary(args: argparse.Namespace) -> None:
    from sentence_transformers import SentenceTransformer

    from embeddings.train import corpora, vocabulary, word_alignment
    from embeddings.train.backbone import backbone_path

    pairs = corpora.load_sentence_pairs(args.data)
    args.output.mkdir(parents=True, exist_ok=True)
    lexicon_path = args.output / "lexicon.json"
    if not lexicon_path.exists():  # the slow step: kept, so that a second run goes on from here
        linked = word_alignment.build_lexicon(pairs, vocabulary.split_words)
        vocabulary.save_lexicon(word_alignment.add_dictionary(linked, vocabulary.split_words), lexicon_path)
    lexicon = vocabulary.load_lexicon(lexicon_path)
    qa = args.data / "qa"
    news = [SEEDS / "dispatches/train.json", qa / "piaf_v1.1_part.json.gz", qa / "afriqa_fr.json.gz"]
    counts: Counter[str] = Counter()
    for pair in pairs:
        vocabulary.count_words([pair.fr], LAWS_WEIGHT if pair.source == "laws" else PAIRS_WEIGHT, counts)
    vocabulary.count_words(corpora.load_french_news(news), NEWS_WEIGHT, counts)
    vocabulary.count_words(lexicon.keys(), 0.0, counts)
    dictionary = word_alignment.add_dictionary({}, vocabulary.split_words)
    vocabulary.count_words(dictionary.keys(), 2.0, counts)
    held_back = corpora.load_french_news([SEEDS / "dispatches/dev.json"])
    model = SentenceTransformer(str(backbone_path(args.backbone)), device="cpu")
    report = vocabulary.extend_model(model, counts, lexicon, args.words, args.pieces, held_back)
    model.save(str(args.output), create_model_card=False)
    (args.output / "report.json").write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")
    print(report)


def _align(args: argparse.Namespace) -> None:
    from embeddings.train.alignment import align

    align(args.data, args.init, args.output, n_pairs=args.pairs, n_sections=args.sections, seed=args.seed)


def _retrieve(args: argparse.Namespace) -> None:
    from embeddings.train.retrieval import train_retriever

    train_retriever(args.data, args.init, args.output, args.seed)


def _score(args: argparse.Namespace) -> None:
    print(json.dumps(score(args.data, args.init), indent=1))


def _export(args: argparse.Namespace) -> None:
    from embeddings.train.export import export

    details = {
        "parents": {"sentence-transformers/all-MiniLM-L6-v2": BACKBONE_SHA256},
        "licence": "Apache-2.0",
        "data": TRAINING_DATA,
        "commands": [line.strip() for line in (__doc__ or "").splitlines() if line.startswith("python")],
        "seed": args.seed,
        "scores": score(args.data, args.init),
    }
    export(args.init, args.output, "encoder", "compact-encoder", details)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m embeddings.train", description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)

    def step(name: str, help_text: str) -> argparse.ArgumentParser:
        command = steps.add_parser(name, help=help_text)
        command.add_argument("--data", type=Path, help="folder with parallel/ and qa/")
        command.add_argument("--init", type=Path, help="model folder to start from")
        command.add_argument("--output", type=Path, help="folder to write; a stopped run goes on from it")
        command.add_argument("--seed", type=int, default=0)
        return command

    command = step("vocabulary", "bilingual word table from word alignments")
    command.add_argument("--backbone", type=Path, help="all-MiniLM-L6-v2 folder; default: the train extra's")
    command.add_argument("--words", type=int, default=15_000)
    command.add_argument("--pieces", type=int, default=2_000)
    command.set_defaults(run=_vocabulary)
    command = step("align", "distil the English backbone into both languages")
    command.add_argument("--pairs", type=int, default=60_000)
    command.add_argument("--sections", type=int, default=2_500)
    command.set_defaults(run=_align)
    step("retrieve", "question to passage, with hard negatives").set_defaults(run=_retrieve)
    step("export", "half precision, manifest with hashes and scores").set_defaults(run=_export)
    step("score", "retrieval figures of an encoder folder").set_defaults(run=_score)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one step; 0 when it ended."""
    args = _parser().parse_args(argv)
    args.run(args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
