"""Errors on the French page are French, by what they are and not by what they say."""

from __future__ import annotations

import ast
import base64
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from web_fakes import PlannedArticle

from qa.article import article_from_bytes, load_article
from qa.errors import ArticleError, DispatchError, EvaluationError, ModelError, QuestionError
from qa.web.handlers import Handlers
from qa.web.reasons import REASONS, explain
from qa.web.session import Session

ROOT = Path(__file__).resolve().parents[1]
ON_THE_PAGE = ("qa/formats.py", "qa/article.py", "qa/pipeline.py", "qa/web/handlers.py")
OF_THE_COMMAND_LINE = {"read_article", "load_article", "load", "load_many"}
"""Paths are opened, and models loaded, before there is a page."""


def _raised() -> Iterator[tuple[str, ast.Call]]:
    """Every error that something on the page can raise, and where."""
    for name in ON_THE_PAGE:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            if function.name in OF_THE_COMMAND_LINE:
                continue
            for node in (n for n in ast.walk(function) if isinstance(n, ast.Raise)):
                if isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                    yield f"{name}: {ast.unparse(node.exc)}", node.exc


def test_every_error_of_the_page_has_its_french_and_the_facts_that_it_names() -> None:
    seen = set()
    for place, call in _raised():
        assert len(call.args) == 2, place
        kind = ast.literal_eval(call.args[1])
        places = set(re.findall(r"{(\w+)", REASONS[kind]))
        assert places <= {keyword.arg for keyword in call.keywords}, place
        seen.add(kind)
    assert seen == set(REASONS)


@pytest.mark.parametrize(
    ("name", "raw", "french"),
    [
        ("a.pdf", b"not one", "a.pdf : ce n’est pas un fichier PDF lisible"),
        ("a.docx", b"not one", "a.docx : ce n’est pas un fichier Word lisible"),
        ("a.txt", b"  ", "a.txt : l’article est vide"),
        ("a.txt", b"\x00\x01", "a.txt : un fichier binaire"),
        ("a.xls", b"x", "les fichiers de type « .xls » ne sont pas lus"),
    ],
)
def test_unreadable_files_are_told_in_the_pages_language(name: str, raw: bytes, french: str) -> None:
    with pytest.raises(ArticleError) as caught:
        article_from_bytes(raw, name)
    assert french in explain(caught.value, "fr")
    assert explain(caught.value, "en") == str(caught.value)


@pytest.mark.parametrize("error", [DispatchError, QuestionError, ArticleError, ModelError, EvaluationError])
def test_an_error_of_no_kind_is_told_by_its_class(error: type[DispatchError]) -> None:
    assert "boom" not in explain(error("boom"), "fr")
    assert explain(error("boom"), "en") == "boom"


def test_kind_and_facts_cross_processes() -> None:
    error = pickle.loads(pickle.dumps(ArticleError("a: empty", "empty", name="a")))
    assert (str(error), error.kind, error.fields) == ("a: empty", "empty", {"name": "a"})


def test_a_failed_turn_speaks_the_pages_language_whatever_the_question_speaks() -> None:
    do = Handlers(PlannedArticle(load_article()))
    session, _ = do.respond("Who is it? " * 400, Session(), "fr", 0.5, True)
    assert session.turns[0].error.startswith("Cela n’a pas marché : la question a ")
    session, _ = do.respond("???", Session(), "fr", 0.5, True)
    assert "la question est vide" in session.turns[0].error


def test_half_a_character_can_be_sent_back_to_whoever_typed_it() -> None:
    """Gradio writes what it sends with orjson, which refuses lone surrogates."""
    do = Handlers(PlannedArticle(load_article()))
    session, number = do.respond("Où \ud83d ?", Session(), "fr", 0.5, True)
    assert "caractère incomplet" in session.turns[number].error
    for sent in (do.messages(session), do.pane(session, "fr", number), do.export("json", session, "fr")):
        assert orjson.dumps(sent)
    encoded = base64.b64encode(b"Le phare brille.").decode()
    opened = do.open_file("a\ud83d.txt", encoded, session)
    assert orjson.dumps([do.choices(opened, "fr"), do.pane(opened, "fr")])
    for name, text in (("Paris \ud83d", ""), ("a\ud83d.txt", "!"), ("a\ud83d.exe", encoded)):
        with pytest.raises(ArticleError) as caught:
            do.open_file(name, text, session) if text else do.open_text(name, session, "fr")
        assert orjson.dumps([explain(caught.value, "fr"), explain(caught.value, "en")])
