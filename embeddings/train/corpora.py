"""Read the parallel text and the French text that the bilingual vocabulary is learnt from."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from embeddings.train.guard import refuse_held_out

PAIR_FILES = {
    "tatoeba": "tatoeba.en-fr.tsv.gz",
    "laws": "canada_laws_segments.en-fr.tsv.gz",
    "titles": "canada_laws_titles.en-fr.tsv.gz",
    "python_docs": "python_docs.en-fr.tsv.gz",
    "tico19": "tico19.en-fr.tsv.gz",
}
SECTIONS_FILE = "canada_laws_sections.note_en-note_fr-en-fr.tsv.gz"
QUESTIONS_FILE = "mintaka_questions.en-fr.json.gz"
PIAF_FILE = "qa/piaf_v1.1_part.json.gz"
PIAF_ENGLISH_FILE = "qa/piaf_v1.1_part.questions_en.tsv.gz"
PIAF_DEV_EVERY = 12
"""Every twelfth PIAF article is kept for development: neither model is trained on it."""
EVALUATION_FILE = "ntrex_newstest2019.en-fr.tsv.gz"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SentencePair:
    """One text in English and in French, and the collection it comes from."""

    en: str
    fr: str
    source: str


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _pairs(folder: Path) -> Iterator[SentencePair]:
    for source, name in PAIR_FILES.items():
        for row in _rows(folder / name):
            if len(row) == 2 and all(row):
                yield SentencePair(row[0], row[1], source)
    with gzip.open(folder / QUESTIONS_FILE, "rt", encoding="utf-8") as file:
        for entry in json.load(file):
            yield SentencePair(entry["en"], entry["fr"], "questions")


def load_sentence_pairs(data: Path, max_characters: int = 600) -> list[SentencePair]:
    """All aligned sentences under `data/parallel`, held-out text refused, very long ones left out."""
    pairs = [p for p in _pairs(data / "parallel") if max(len(p.en), len(p.fr)) <= max_characters]
    refuse_held_out((text for p in pairs for text in (p.en, p.fr)), str(data / "parallel"))
    return pairs


def load_piaf(data: Path, dev: bool) -> list[dict[str, Any]]:
    """PIAF's article entries of one split; questions gain `question_en` where there is one."""
    document = json.loads(gzip.decompress((data / PIAF_FILE).read_bytes()))
    english = {row[0]: row[1] for row in _rows(data / PIAF_ENGLISH_FILE) if len(row) == 2}
    entries = [e for i, e in enumerate(document["data"]) if (i % PIAF_DEV_EVERY == 0) == dev]
    for entry in entries:
        for paragraph in entry["paragraphs"]:
            for question in paragraph["qas"]:
                if question["id"] in english:
                    question["question_en"] = english[question["id"]]
    return entries


def load_question_pairs(data: Path) -> list[SentencePair]:
    """PIAF's training questions and their English forms."""
    return [
        SentencePair(question["question_en"], question["question"], "piaf_questions")
        for entry in load_piaf(data, dev=False)
        for paragraph in entry["paragraphs"]
        for question in paragraph["qas"]
        if "question_en" in question
    ]


def load_sections(data: Path) -> list[tuple[SentencePair, SentencePair]]:
    """Marginal notes and the paragraph-length sections that they head, both in both languages."""
    return [
        (SentencePair(row[0], row[1], "notes"), SentencePair(row[2], row[3], "sections"))
        for row in _rows(data / "parallel" / SECTIONS_FILE)
        if len(row) == 4 and all(row)
    ]


def load_section_pairs(data: Path) -> list[SentencePair]:
    """Aligned paragraph-length sections, each headed by its marginal note."""
    return [
        SentencePair(f"{note.en}. {section.en}", f"{note.fr}. {section.fr}", section.source)
        for note, section in load_sections(data)
    ]


def load_evaluation_pairs(data: Path) -> list[SentencePair]:
    """News sentences kept for evaluation (NTREX)."""
    return [SentencePair(row[0], row[1], "ntrex") for row in _rows(data / "parallel" / EVALUATION_FILE)]


def load_french_news(paths: list[Path]) -> list[str]:
    """Contexts and questions of SQuAD-form files, plain or gzipped, held-out text refused."""
    texts: list[str] = []
    for path in paths:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found = [
            text
            for entry in json.loads(raw)["data"]
            for paragraph in entry["paragraphs"]
            for text in (paragraph["context"], *(q["question"] for q in paragraph["qas"]))
        ]
        refuse_held_out(found, str(path))
        texts += found
    return texts


def shuffled(pairs: list[Row], seed: int) -> list[Row]:
    """A seeded permutation; the argument is left as it was."""
    order = list(pairs)
    random.Random(seed).shuffle(order)
    return order
