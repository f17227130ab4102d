"""What is said about texts by rules: language, follow-ups, dates, speakers, refusals, and text made inert."""

from __future__ import annotations

import html
import re

from hypothesis import strategies as st

from qa.article import Article
from qa.attribution import find_speaker
from qa.dates import resolve_dates
from qa.errors import ArticleError
from qa.followup import Turn, understand
from qa.language import Language, detect_language
from qa.refusal import explain_refusal
from qa.stress.fuzzing.answers import check_dates, check_speaker, questions
from qa.stress.fuzzing.claims import check_error, require
from qa.stress.fuzzing.fragments import DATE_LINES
from qa.stress.fuzzing.inputs import short_texts, texts
from qa.web.escape import escape_html, escape_markdown
from qa.web.wording import article_facts, article_title, first_words, format_dates, refusal_words, speaker_words

_MARKUP = re.compile(r"[<>\"'\\`*_{}\[\]()+\-.!|~$:@/=^]|&(?!#\d+;)|(?<!&)#")
_HALF = re.compile(r"[\ud800-\udfff]")
_LANGUAGES: tuple[Language, ...] = ("fr", "en")
date_lines = st.one_of(st.sampled_from(DATE_LINES), short_texts)
word_inputs = st.tuples(texts, questions, st.integers(0, 2**32), st.integers(0, 2**32), date_lines)


def check_words(drawn: tuple[str, str, int, int, str]) -> bool:
    """All rules on one text, at any place of it."""
    text, question, one, other, line = drawn
    _check_inert(text)
    require(detect_language(text) in _LANGUAGES, "a language is French or English")
    understood = understand(question, Turn(text, text[: one % (len(text) + 1)], question))
    require(understood.changed or understood.question == question.strip(), "what stands alone is not changed")
    try:
        article = Article.from_text(text)
    except ArticleError as error:
        check_error(error)
        return False
    start, end = sorted((one % (len(text) + 1), other % (len(text) + 1)))
    dates = resolve_dates(text, start, end, line)
    check_dates(text, dates, start, end)
    speaker = find_speaker(text, start, max(start + 1, end))
    check_speaker(text, speaker)
    refusal = explain_refusal(question[:2000], text, 0.2)
    for language in _LANGUAGES:
        speaker_words(speaker, language)
        refusal_words(refusal, language)
        article_facts(article, language)
        for found in dates:
            format_dates(found, language)
    require(first_words(text).strip() == first_words(text), "a name has no outer space")
    article_title(article)
    return True


def _check_inert(text: str) -> None:
    whole = _HALF.sub("\ufffd", text)
    require(html.unescape(escape_html(text)) == whole, "escaped text reads as before")
    line = escape_markdown(text)
    require(_MARKUP.search(line) is None, f"no mark of HTML or Markdown is left in {line!r}")
    require(html.unescape(line) == " ".join(whole.split()), "escaped text reads as before, on one line")
