"""Questions to articles with stand-in models, through all that a person meets: follow-up, answer, card, pane."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import combinations

from hypothesis import strategies as st

from qa.article import Article
from qa.errors import ArticleError, QuestionError
from qa.followup import Turn, understand
from qa.language import detect_language
from qa.pipeline import ArticleQA, Models
from qa.stress.fuzzing.claims import check_error, check_span, find_paragraph, require
from qa.stress.fuzzing.inputs import short_texts, texts
from qa.stress.fuzzing.pages import check_card, check_pane
from qa.stress.standins import load_stand_ins
from qa.types import Answer, Evidence, ResolvedDate, Speaker
from qa.web.session import Turn as Shown

_QUESTIONS = (
    "Où aura lieu le sommet de l'Otan ?",
    "Who announced the mission in 2019?",
    "et quand ?",
    "et en Jordanie ?",
    "what about M. Dupont",
    "qui a dit ça ?",
    "who said that?",
    "Pourquoi cela ?",
    "combien",
)
questions = st.one_of(st.sampled_from(_QUESTIONS), st.sampled_from(_QUESTIONS), short_texts)
answer_inputs = st.tuples(texts, questions, questions, st.sampled_from((None, 0.0, 1.0)))


@lru_cache(maxsize=1)
def _models() -> Models:
    return load_stand_ins()


def check_answers(drawn: tuple[str, str, str, float | None]) -> bool:
    """Two questions, the second after the answer to the first."""
    text, first, second, threshold = drawn
    try:
        article = Article.from_text(text, "a<b>&*.txt")
        opened = ArticleQA.load(article, _models())
        answer = opened.ask(first, threshold)
        check_answer(article, answer)
        _check_shown(article, first, answer.question, answer)
        asked = understand(second, Turn.of(answer.question, answer))
        require(asked.changed or asked.question == second.strip(), "a question that stands alone is not changed")
        follow_up = opened.ask(second, threshold, history=(answer,))
    except (ArticleError, QuestionError) as error:
        check_error(error)
        return False
    check_answer(article, follow_up)
    _check_shown(article, second, follow_up.question, follow_up)
    return True


def _check_shown(article: Article, asked: str, understood: str, answer: Answer) -> None:
    language = detect_language(asked)
    check_card(Shown(asked, understood, language, 0, answer), article)
    for choice in range(len(answer.alternatives) + 1):
        check_pane(article, answer, language, choice)


def check_answer(article: Article, answer: Answer) -> None:
    """Every offset of an answer is exact, its span in one paragraph and inside its evidence."""
    text = article.text
    if answer.answered:
        check_span(text, answer.text, answer.start, answer.end)
    else:
        require((answer.text, answer.start, answer.end) == ("", 0, 0), "an abstention is the empty span at 0")
    for other in answer.alternatives:
        check_span(text, other.text, other.start, other.end)
        _check_evidence(article, other.evidence, other.start, other.end)
    if answer.evidence is not None:
        _check_evidence(article, answer.evidence, *answer.best_span)
    spans = [(a.start, a.end) for a in answer.alternatives] + [(answer.start, answer.end)] * answer.answered
    require(all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(spans, 2)), "no two spans overlap")
    require(0 <= answer.confidence <= 1, "a confidence is a probability")
    if answer.speaker is not None:
        check_speaker(text, answer.speaker)
    if answer.evidence is not None:
        check_dates(text, answer.dates, answer.evidence.start, answer.evidence.end)


def _check_evidence(article: Article, evidence: Evidence, start: int, end: int) -> None:
    check_span(article.text, evidence.text, evidence.start, evidence.end)
    require(evidence.start <= start and end <= evidence.end, "the evidence holds the span")
    numbers = {find_paragraph(article.paragraphs, place) for place in (evidence.start, evidence.end - 1)}
    require(len(numbers) == 1, "the evidence is in one paragraph")


def check_speaker(text: str, speaker: Speaker) -> None:
    """Name and cue stand where they are said to."""
    require(text[speaker.start : speaker.end] == speaker.name, "the speaker's name stands in the text")
    require(text[speaker.cue_start : speaker.cue_end] == speaker.cue, "the cue stands in the text")


def check_dates(text: str, dates: tuple[ResolvedDate, ...], start: int, end: int) -> None:
    """Computed dates are dates, in order, and their words stand in text[start:end]."""
    cursor = start
    for found in dates:
        check_span(text, found.text, found.start, found.end)
        require(cursor <= found.start and found.end <= end, "dates are in order inside what was looked at")
        cursor = found.end
        for iso in (found.first, found.last):
            date.fromisoformat(iso + "-01" * (2 - iso.count("-")))
        require(found.first <= found.last, "a range begins before it ends")
