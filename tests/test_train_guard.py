"""The held-out article and its questions never get into training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.train.guard import HeldOutTextError, refuse_held_out

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
DISPATCH = (SEEDS / "dispatch.txt").read_bytes().decode()
CORPORA = sorted(path for path in SEEDS.rglob("*.json") if path.parent != SEEDS)


def read_paragraphs(path: Path) -> list[dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return [paragraph for entry in document["data"] for paragraph in entry["paragraphs"]]


QUESTIONS = [q["question"] for p in read_paragraphs(SEEDS / "dev_article.json") for q in p["qas"]]


def test_the_article_is_refused_by_name_of_the_source() -> None:
    with pytest.raises(HeldOutTextError, match=r"corpus\.json.*held-out"):
        refuse_held_out(["un texte", DISPATCH], "corpus.json")


@pytest.mark.parametrize("paragraph", [p for p in DISPATCH.split("\n\n") if len(p.split()) > 8])
def test_each_paragraph_is_refused_wherever_it_stands_and_however_written(paragraph: str) -> None:
    plain = paragraph.upper().replace("É", "E").replace("'", "’").replace(" ", "\n")
    for text in (paragraph, plain, f"Avant. {paragraph} Après."):
        with pytest.raises(HeldOutTextError):
            refuse_held_out([text], "corpus")


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_public_question_is_refused(question: str) -> None:
    for text in (question, question.upper().rstrip("? ")):
        with pytest.raises(HeldOutTextError):
            refuse_held_out([text], "corpus")


def test_there_are_public_questions() -> None:
    assert len(set(QUESTIONS)) == 120


def test_innocent_texts_pass() -> None:
    texts = [
        "",
        "Otan",
        "Le sommet de l'Otan aura lieu à Bruxelles, a dit M. Stoltenberg.",
        "Quelle ville accueille le sommet des ministres de l'Agriculture ?",
        " ".join(DISPATCH.split()[20:27]),
    ]
    refuse_held_out(texts, "corpus")


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.relative_to(SEEDS).as_posix())
def test_the_training_corpora_hold_no_held_out_text(path: Path) -> None:
    paragraphs = read_paragraphs(path)
    assert paragraphs
    refuse_held_out((p["context"] for p in paragraphs), path.name)
    refuse_held_out((q["question"] for p in paragraphs for q in p["qas"]), path.name)


def test_the_corpora_are_there() -> None:
    assert {SEEDS / "dispatches" / name for name in ("dev.json", "train.json")} <= set(CORPORA)
