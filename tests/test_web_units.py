"""The page's parts without a browser: escaping, cards, the pane, exports, thumbs, the threshold, the guard."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import SEED_PLAN, Planned, PlannedArticle

from qa.article import Article, load_article
from qa.errors import ArticleError, DispatchError
from qa.evaluation.questions import read_questions
from qa.selection import find_sentence
from qa.types import ResolvedDate
from qa.web.article_pane import highlights, render_article
from qa.web.escape import escape_markdown
from qa.web.feedback import FeedbackStore, export_questions
from qa.web.handlers import Handlers
from qa.web.session import ALL, Session
from qa.web.strings import STRINGS
from qa.web.threshold import Outcome, describe, measure
from qa.web.wording import article_title, first_words, format_dates, format_number, format_percent

HOSTILE = '<script>x</script> **b** [l](http://e.example) `c` $$m$$ l\'"île" &amp; <img src=x>'


@pytest.fixture
def handlers() -> Handlers:
    return Handlers(PlannedArticle(load_article(), SEED_PLAN))


@given(st.text())
def test_escaped_text_holds_no_mark_and_reads_back(text: str) -> None:
    escaped = escape_markdown(text)
    assert not set("<>\"'*_`[]$\\") & set(escaped)
    assert html.unescape(escaped).split() == text.split() or "\x00" in text or re.search(r"[\x80-\x9f]", text)


def test_both_languages_say_the_same_things() -> None:
    assert STRINGS["en"].keys() == STRINGS["fr"].keys()
    for key, phrase in STRINGS["en"].items():
        places = set(re.findall(r"{(\w+)", phrase))
        assert places == set(re.findall(r"{(\w+)", STRINGS["fr"][key])), key


def test_nothing_hostile_survives_in_card_or_pane() -> None:
    article = Article.from_text(f"{HOSTILE} reste ici.", HOSTILE)
    plan = {HOSTILE.lower().strip(): Planned(("reste ici",))}
    do = Handlers(PlannedArticle(article, plan))
    session, number = do.respond(HOSTILE, Session(), "en", 0.5, True)
    card, pane = do.messages(session)[1]["content"], do.pane(session, "en", number)
    for shown in (card, pane, do.messages(session)[0]["content"]):
        assert "<script" not in shown
        assert "<img" not in shown
        assert "](http" not in shown or shown is pane
    assert "**b**" not in card


def test_pane_holds_the_article_to_the_letter_whatever_is_marked() -> None:
    article = load_article()
    for question in SEED_PLAN:
        answer = PlannedArticle(article, SEED_PLAN).ask(question)
        for choice in range(1 + len(answer.alternatives)):
            shown = render_article(article, answer, "fr", 1, choice)
            paragraphs = re.findall(r"<p id=.*?>(.*?)</p>", shown, re.DOTALL)
            plain = [html.unescape(re.sub(r"<[^>]+>", "", p)) for p in paragraphs]
            assert plain == [p.strip() for p in article.text.split("\n\n")]


def test_shown_alternative_is_the_marked_one_and_the_answer_is_outlined() -> None:
    answer = PlannedArticle(load_article(), SEED_PLAN).ask("Quand aura lieu le sommet ?")
    marks = {m.kind: (m.start, m.end) for m in highlights(answer, 1) if m.kind != "candidate"}
    assert marks["answer"] == (answer.alternatives[0].start, answer.alternatives[0].end)
    outlined = [(m.start, m.end) for m in highlights(answer, 1) if m.kind == "candidate"]
    assert (answer.start, answer.end) in outlined
    assert highlights(answer, 99) == highlights(answer, 0)


def test_of_the_same_words_twice_only_the_answers_place_is_marked() -> None:
    article = Article.from_text(
        "Le phare de Lannoz brille. À Lannoz, on le voit. Lannoz dort.\n\nLannoz est loin.", "a"
    )
    answer = PlannedArticle(article, {"où ?": Planned(("Lannoz",))}).ask("où ?")
    for place in (m.start() for m in re.finditer("Lannoz", article.text)):
        moved = replace(answer, start=place, end=place + 6, evidence=find_sentence(article, place, place + 6))
        shown = render_article(article, moved, "fr", 1)
        assert shown.count("<mark") == 1
        before = html.unescape(re.sub(r"</p>", "\n\n", shown.split('class="article-pane"')[1].split("<mark")[0]))
        assert re.sub(r"^[^>]*>|<[^>]+>", "", before) == article.text[:place]


def test_candidate_of_marks_or_a_small_word_alone_is_not_shown() -> None:
    do = Handlers(PlannedArticle(load_article(), {"où ?": Planned(("Bruxelles", ".", "Irak", "le"))}))
    session, number = do.respond("où ?", Session(), "fr", 0.5, True)
    assert re.findall(r'class="candidate[^>]*>([^<]*)<', do.pane(session, "fr", number)) == ["Irak"]
    assert "#show-0-2" in do.messages(session)[1]["content"]
    assert "#show-0-1" not in do.messages(session)[1]["content"]


@pytest.mark.parametrize(
    ("first", "last", "french", "english"),
    [
        ("2018-07-11", "2018-07-12", "11–12 juillet 2018", "11–12 July 2018"),
        ("2018-12-30", "2019-01-01", "30 décembre 2018–1er janvier 2019", "30 December 2018–1 January 2019"),
        ("2018-07", "2018-07", "juillet 2018", "July 2018"),
        ("2016", "2016", "2016", "2016"),
    ],
)
def test_dates_in_words(first: str, last: str, french: str, english: str) -> None:
    found = ResolvedDate("", 0, 0, first, last)
    assert (format_dates(found, "fr"), format_dates(found, "en")) == (french, english)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# Le phare ferme\n\nIl a fermé.", "Le phare ferme Il a fermé."),
        (
            " date 2018-02 Le phare de Lannoz, qui brillait depuis cent ans, a fermé.",
            "Le phare de Lannoz, qui brillait depuis cent…",
        ),
        ("...", ""),
    ],
)
def test_a_text_without_a_name_is_called_by_its_first_words(text: str, name: str) -> None:
    assert first_words(text) == name


def test_a_threshold_that_nobody_moved_is_the_one_that_programs_get() -> None:
    opened = PlannedArticle(load_article(), {"où ?": Planned(("Bruxelles",), sure=0.571)}, threshold=0.5741)
    do = Handlers(opened)
    assert do.threshold == 0.57
    asked = [do.respond("où ?", Session(), "fr", threshold, True)[0].turns[0].answer for threshold in (0.57, 0.56)]
    assert [answer is not None and answer.answered for answer in asked] == [False, True]


def test_numbers_in_words() -> None:
    assert [format_percent(0.934, "en"), format_percent(0.934, "fr")] == ["93%", "93\u202f%"]
    assert [format_number(0.5, "en"), format_number(0.5, "fr")] == ["0.50", "0,50"]


def test_title_is_a_first_line_that_ends_without_a_stop() -> None:
    assert article_title(Article.from_text("# Le phare ferme\n\nIl a fermé.", "a.md")) == "Le phare ferme"
    assert article_title(Article.from_text("Il a fermé.\n\nOui.", "a.md")) == "a.md"


def test_all_articles_are_asked_and_the_surest_answers(handlers: Handlers) -> None:
    session = handlers.open_text("Le phare brille à Lannoz.", Session(), "en").choose(ALL)
    session, _ = handlers.respond("Où brille le phare ?", session, "fr", 0.5, True)
    session, _ = handlers.respond("Que signifie NTM-I ?", session, "fr", 0.5, True)
    assert [turn.article for turn in session.turns] == [1, 0]


def test_too_many_and_too_large_articles_are_refused(handlers: Handlers) -> None:
    session = Session()
    for i in range(8):
        session = handlers.open_text(f"Texte {i}", session, "fr")
    with pytest.raises(ArticleError, match="at most 8 articles"):
        handlers.open_text("Encore", session, "fr")
    with pytest.raises(ArticleError, match="over 5 MB"):
        handlers.open_file("a.txt", "A" * 7_000_000, Session())
    with pytest.raises(ArticleError, match="did not arrive whole"):
        handlers.open_file("a.txt", "é", Session())


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_stale_links_do_nothing(handlers: Handlers, number: int) -> None:
    assert handlers.retry(number, Session(), "en", 0.5, True)[0].turns == ()
    assert "<mark" not in handlers.pane(Session(), "en", number)


def test_thumbs_become_a_question_file(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "a.sqlite")
    do = Handlers(PlannedArticle(load_article(), SEED_PLAN), store)
    session, _ = do.respond("Where will the summit be held?", Session(), "en", 0.5, True)
    session, _ = do.respond("How do I bake a tart?", session, "en", 0.5, True)
    session, _ = do.respond("why did NTM-I end?", session, "en", 0.5, True)
    assert [do.judge(index, liked, session) for index, liked in ((1, True), (3, True), (5, False), (99, True))] == [
        True,
        True,
        True,
        False,
    ]
    document = export_questions(store)
    path = tmp_path / "questions.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    first, second = read_questions(path)
    assert first.gold[0].text == "Bruxelles"
    assert first.context is not None
    assert first.gold[0].start == first.context.index("à Bruxelles.") + 2
    assert second.gold == ()
    assert document["disliked"][0]["question"] == "why did NTM-I end?"


def test_thumbs_about_own_articles_are_not_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "a.sqlite")
    do = Handlers(PlannedArticle(load_article(), SEED_PLAN), store)
    session = do.open_text("Le phare brille à Lannoz.", Session(), "fr")
    session, _ = do.respond("Où brille le phare ?", session, "fr", 0.5, True)
    assert not do.judge(1, True, session)
    assert store.rows() == []


def test_feedback_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_text("not a database, and long enough to be seen as none" * 10)
    with pytest.raises(DispatchError, match="not a feedback file"):
        FeedbackStore(path)


def test_threshold_counts_add_up() -> None:
    outcomes = (
        Outcome(0.9, True, True),
        Outcome(0.8, False, False),
        Outcome(0.4, True, True),
        Outcome(0.1, False, False),
    )
    said = describe(outcomes, 0.5, "en")
    assert "of 4 public questions" in said
    assert "1 of 2 rightly and 1 wrongly" in said
    assert "silent on 1" in said
    assert "refuses 1 of 2" in said


def test_public_questions_are_measured_on_their_own_article_only() -> None:
    assert len(measure(PlannedArticle(load_article(), SEED_PLAN))) == 120
    assert measure(PlannedArticle(Article.from_text("Autre."), {})) == ()


def test_a_follow_up_after_who_said_that_is_about_the_matter(handlers: Handlers) -> None:
    session = Session()
    for question in ("Où aura lieu le sommet ?", "qui l'a dit ?", "et quand ?"):
        session, _ = handlers.respond(question, session, "fr", handlers.threshold, True)
    understood = [turn.understood for turn in session.turns]
    assert understood[1].startswith("Qui a dit «")
    assert understood[2] == "Quand aura lieu le sommet ?"
