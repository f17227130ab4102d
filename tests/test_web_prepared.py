"""What the page knows of the seed before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_fakes import SEED_PLAN, PlannedArticle

from qa.article import Article, load_article
from qa.pipeline import ArticleQA
from qa.web.handlers import Handlers
from qa.web.prepared import Prepared, load_prepared, prepare, save_prepared
from qa.web.session import Session


def test_what_was_prepared_is_used_only_with_what_it_was_made_with(tmp_path: Path) -> None:
    opened = PlannedArticle(load_article(), SEED_PLAN)
    path = tmp_path / "prepared.json"
    made = save_prepared(opened, path)
    assert made == prepare(opened)
    assert "What does NTM-I stand for?" in made.suggestions["en"]
    found = load_prepared(opened.identity, path)
    assert found.suggestions == made.suggestions
    assert [o.probability for o in found.outcomes] == pytest.approx([o.probability for o in made.outcomes], abs=1e-4)
    assert load_prepared({**opened.identity, "models": "others"}, path) == Prepared()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"made_with": {}, "suggestions": {"en": 1}}'])
def test_a_damaged_file_of_what_was_prepared_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "prepared.json"
    assert load_prepared({}, path) == Prepared()
    path.write_text(content)
    assert load_prepared({}, path) == Prepared()


def test_the_page_tells_what_a_threshold_costs_at_once_where_it_was_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = PlannedArticle(load_article(), SEED_PLAN)
    path = tmp_path / "prepared.json"
    save_prepared(opened, path)
    monkeypatch.setattr("qa.web.handlers.load_prepared", lambda identity: load_prepared(identity, path))
    do = Handlers(opened)
    asked = len(opened.asked)
    assert do.is_measured
    assert "of 120 public questions" in do.describe_threshold(0.5, "en", ask_now=False)
    assert "What does NTM-I stand for?" in do.suggestions(Session(), "en")
    assert len(opened.asked) == asked
    assert not Handlers(PlannedArticle(Article.from_text("Autre."), {})).is_measured


def test_what_is_prepared_was_made_with_what_ships() -> None:
    prepared = load_prepared(ArticleQA.load().identity)
    assert prepared.outcomes, "run python -m qa.web.prepared"
    assert {language: len(questions) for language, questions in prepared.suggestions.items()} == {"en": 5, "fr": 5}
