"""The weights that ship, on real input: what the README claims of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from embeddings.bundle import open_bundle
from embeddings.types import Backend
from qa import Article, ArticleQA, Models
from qa.config import find_profile
from qa.evaluation.questions import read_questions
from qa.evaluation.runner import evaluate

ROOT = Path(__file__).resolve().parents[1]
SEED_SHA256 = "2a114991bd42f94c94a9aa063a0393241526510a592d93f18068c92bb8c7ebaa"
MAX_BUNDLE_BYTES = 60_000_000


@pytest.fixture(scope="session")
def models() -> Models:
    return Models.load("compact")


@pytest.fixture(scope="session")
def seed(models: Models) -> ArticleQA:
    return ArticleQA.load(None, models)


def test_seed_is_byte_for_byte_the_dispatch() -> None:
    assert hashlib.sha256((ROOT / "seeds/dispatch.txt").read_bytes()).hexdigest() == SEED_SHA256


@pytest.mark.parametrize(("folder", "kind"), [("embeddings/weights", "encoder"), ("qa/weights", "reader")])
def test_bundle_is_whole_small_enough_and_says_what_it_was_made_from(folder: str, kind: str) -> None:
    path = ROOT / folder
    open_bundle(path, kind)  # type: ignore[arg-type]  # a literal, from the parameters above
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parents"]
    assert manifest["data"]
    assert manifest["commands"]
    assert "seeds/dispatch.txt" not in json.dumps(manifest)
    assert sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) <= MAX_BUNDLE_BYTES
    assert "trained on" in (path / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("question", ["why did NTM-I end?", "pourquoi la NTM-I a-t-elle pris fin ?"])
def test_the_end_of_the_old_mission_is_explained_by_immunity(seed: ArticleQA, question: str) -> None:
    answer = seed.ask(question)
    assert answer.answered
    assert "immunité" in answer.text
    assert answer.evidence is not None
    assert answer.evidence.text.startswith("Mais elle y avait mis fin")
    assert seed.article.text[answer.start : answer.end] == answer.text


def test_what_the_page_has_prepared_is_what_the_models_find_today(seed: ArticleQA) -> None:
    """`python -m qa.web.prepared` makes it anew after a change of weights or settings."""
    from qa.web.prepared import load_prepared, prepare

    kept, found = load_prepared(seed.identity), prepare(seed)
    assert {language: len(questions) for language, questions in kept.suggestions.items()} == {"en": 5, "fr": 5}
    for language, questions in kept.suggestions.items():
        assert len(set(questions) & set(found.suggestions[language])) >= 4
    differ = [
        a.right != b.right or abs(a.probability - b.probability) > 0.05
        for a, b in zip(kept.outcomes, found.outcomes, strict=True)
    ]
    assert len(differ) == 120
    assert sum(differ) <= 5  # products of whole numbers are rounded a little differently from CPU to CPU
    assert [o.answerable for o in kept.outcomes] == [o.answerable for o in found.outcomes]


def test_public_questions_score_at_least_what_the_first_recipe_reached(models: Models, tmp_path: Path) -> None:
    """The floor is a trial's figure; the README gives the present one."""
    summary = evaluate(read_questions(ROOT / "seeds/dev_article.json"), models, tmp_path)
    assert summary["overall"]["n"] == 120
    assert summary["overall"]["french_aware"]["f1"] >= 62
    assert summary["abstention"]["auroc"] >= 0.82


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_article_it_never_saw_is_answered_or_refused(models: Models, language: str) -> None:
    text = {
        "fr": "La mairie de Cernay a fermé la piscine lundi. La chaudière, vieille de trente ans, était en panne. "
        "Les travaux coûteront 240.000 euros.\r\n\r\nL'adjointe Odile Brandt promet une réouverture en mars. 🏊",
        "en": "The town of Cernay closed its swimming pool on Monday. The thirty-year-old boiler had broken down. "
        "The works will cost 240,000 euros.\r\n\r\nDeputy mayor Odile Brandt promises to reopen in March. 🏊",
    }[language]
    opened = ArticleQA.load(Article.from_text(text), models)
    answers = opened.ask_many(
        ["How much will the works cost?", "Combien coûteront les travaux ?", "Who won the football world cup?"]
    )
    assert ["240" in a.text for a in answers] == [True, True, False]
    assert not answers[2].answered
    assert all(text[a.start : a.end] == a.text for a in answers)


@pytest.mark.parametrize(("backend", "tolerance"), [("auto", 0.02), ("fp32", 1e-4)])
def test_one_question_and_many_give_the_same_answers(backend: Backend, tolerance: float) -> None:
    """In whole numbers the confidence depends a little on what else is in the batch, in float32 it does not."""
    seed = ArticleQA.load(None, find_profile("compact", backend=backend))
    questions = ["Où aura lieu le sommet ?", "How many countries are in NATO?", "x" * 1900, "Qui ?"]
    together = seed.ask_many(questions)
    for question, answer in zip(questions, together, strict=True):
        alone = seed.ask(question)
        assert (alone.text, alone.start, alone.end) == (answer.text, answer.start, answer.end)
        assert alone.confidence == pytest.approx(answer.confidence, abs=tolerance)
