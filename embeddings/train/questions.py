"""Read question-answering collections for training, and keep parts of them aside for development."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.train.corpora import load_piaf
from embeddings.train.guard import refuse_held_out

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LICENCES = {
    "fictional dispatches (seeds/dispatches, seeds/more_dispatches, training parts)": "CC BY 4.0",
    "PIAF 1.1, training articles, and their questions in English": "MIT",
    "SQuAD 1.1 and 2.0 dev articles not kept for development, first articles of SQuAD 1.1 train": "CC BY-SA 4.0",
    "SQuADShifts new Wikipedia questions": "text CC BY-SA, none stated for the questions",
    "AfriQA French": "CC BY 4.0",
}
"""The collections that both models are trained on, for their manifests."""
CORPORA = {
    "dispatches": "dispatches/train.json",
    "more_dispatches": "more_dispatches/train.json",
    "contrast": "more_dispatches/contrast.json",
}
"""Training files of this repository, under `seeds`."""
SQUAD_DEV_EVERY = 6
"""Every sixth SQuAD 1.1 dev article, by title, is kept for development; SQuAD 2 loses the same ones."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question on a context; `answer` is a half-open character range of it, None if it has none."""

    id: str
    question: str
    context: str
    answer: tuple[int, int] | None
    source: str


def read_document(path: Path) -> list[dict[str, Any]]:
    """The article entries of a SQuAD-form file, plain or gzipped."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    entries: list[dict[str, Any]] = json.loads(raw)["data"]
    return entries


def _first_answer(entry: dict[str, Any], context: str) -> tuple[int, int] | None:
    for answer in entry["answers"]:
        start, text = answer["answer_start"], answer["text"]
        if text and context[start : start + len(text)] == text:
            return start, start + len(text)
    return None


def _flatten(entries: list[dict[str, Any]], source: str, key: str = "question") -> Iterator[TrainingQuestion]:
    """One record a question; those whose every offset is wrong are dropped."""
    for article in entries:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for entry in paragraph["qas"]:
                answer = _first_answer(entry, context)
                if key in entry and (answer is not None or not entry["answers"]):
                    yield TrainingQuestion(entry["id"], entry[key], context, answer, source)


def _is_squad_dev(titles: list[str], title: str) -> bool:
    return title in sorted(titles)[::SQUAD_DEV_EVERY]


def split_squad(data: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """SQuAD articles to train on (version 2 where there is one, else 1.1), and 1.1 ones kept for dev."""
    first = read_document(data / "qa/squad_v1.1_dev.json.gz")
    second = read_document(data / "qa/squad_v2.0_dev.json.gz")
    titles = [entry["title"] for entry in first]
    in_second = {entry["title"] for entry in second}
    train = [e for e in second if not _is_squad_dev(titles, e["title"])]
    train += [e for e in first if e["title"] not in in_second and not _is_squad_dev(titles, e["title"])]
    train += read_document(data / "qa/squad_v1.1_train_part.json.gz")
    return train, [e for e in first if _is_squad_dev(titles, e["title"])]


def load_source(data: Path, source: str) -> list[TrainingQuestion]:
    """All training questions of one named collection, held-out text refused.

    `source` is squad, new_wiki, qamr, piaf_fr, piaf_en_fr, afriqa_fr, afriqa_en, policyqa, or a file of the
    repository: dispatches, more_dispatches, contrast (questions that nearly have an answer, and their twins).
    """
    if source == "squad":
        found = list(_flatten(split_squad(data)[0], source))
    elif source in ("piaf_fr", "piaf_en_fr"):
        key = "question" if source == "piaf_fr" else "question_en"
        found = list(_flatten(load_piaf(data, dev=False), source, key))
    elif source in CORPORA:
        found = list(_flatten(read_document(SEEDS / CORPORA[source]), source))
    else:
        names = {
            "new_wiki": "squadshifts_new_wiki",
            "qamr": "qamr_wiki_wikinews",
            "policyqa": "policyqa_dev_test",
        }
        found = list(_flatten(read_document(data / f"qa/{names.get(source, source)}.json.gz"), source))
    refuse_held_out({q.context for q in found} | {q.question for q in found}, source)
    return found


def write_dev_sets(data: Path, output: Path) -> list[Path]:
    """Write what is kept aside as SQuAD-form files that `python -m qa evaluate` reads."""
    output.mkdir(parents=True, exist_ok=True)
    piaf, crossed = load_piaf(data, dev=True), []
    for article in piaf:
        for paragraph in article["paragraphs"]:
            for entry in paragraph["qas"]:
                entry["lang"] = "fr"
                if "question_en" in entry:
                    copy = {**entry, "question": entry["question_en"], "lang": "en", "id": entry["id"] + "-en"}
                    crossed.append({"context": paragraph["context"], "qas": [copy]})
    sets = {
        "piaf_dev": piaf,
        "piaf_crossed_dev": [{"title": "PIAF", "paragraphs": crossed}],
        "squad_dev": split_squad(data)[1],
    }
    written = []
    for name, entries in sets.items():
        path = output / f"{name}.json"
        path.write_text(json.dumps({"version": name, "data": entries}, ensure_ascii=False), encoding="utf-8")
        written.append(path)
    return written
