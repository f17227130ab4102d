"""The article as HTML: its real paragraphs, the shown span marked, its sentence lightly, others outlined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from qa.article import Article
from qa.language import Language, detect_language
from qa.types import Answer, Evidence
from qa.web.escape import escape_html
from qa.web.strings import say
from qa.web.wording import article_facts, article_title, shown_alternatives


@dataclass(frozen=True, slots=True)
class Highlight:
    """A range of the article and how it is shown: `answer`, `evidence` or `candidate`."""

    start: int
    end: int
    kind: str


def highlights(answer: Answer | None, choice: int = 0) -> list[Highlight]:
    """What an answer marks. `choice` 0 shows the answer itself, n its n-th alternative; whichever is not
    shown is outlined. An abstention has only its nearest sentence, lightly."""
    if answer is None:
        return []
    if not answer.answered:
        return [] if answer.evidence is None else [Highlight(answer.evidence.start, answer.evidence.end, "evidence")]
    spans: dict[int, tuple[int, int, Evidence | None]] = {0: (answer.start, answer.end, answer.evidence)}
    spans |= {n: (a.start, a.end, a.evidence) for n, a in shown_alternatives(answer)}
    shown = choice if choice in spans else 0
    found = [Highlight(start, end, "candidate") for n, (start, end, _) in spans.items() if n != shown]
    start, end, evidence = spans[shown]
    if evidence is not None:
        found.append(Highlight(evidence.start, evidence.end, "evidence"))
    return [*found, Highlight(start, end, "answer")]


def _piece(text: str, kinds: set[str], is_first: bool) -> str:
    escaped = escape_html(text)
    classes = " ".join(sorted(kinds - {"answer"}))
    if "answer" in kinds:
        name = ' id="answer-span"' if is_first else ""
        return f'<mark class="{classes}"{name}>{escaped}</mark>'
    return f'<span class="{classes}">{escaped}</span>' if classes else escaped


def _paragraph(text: str, start: int, end: int, marks: list[Highlight]) -> str:
    inside = [m for m in marks if m.start < end and start < m.end]
    edges = {start, end} | {edge for m in inside for edge in (m.start, m.end) if start < edge < end}
    parts = []
    for a, b in pairwise(sorted(edges)):
        kinds = {m.kind for m in inside if m.start <= a and b <= m.end}
        is_first = any(m.kind == "answer" and m.start == a for m in inside)
        parts.append(_piece(text[a:b], kinds, is_first))
    return "".join(parts)


def render_article(article: Article, answer: Answer | None, language: Language, nonce: int, choice: int = 0) -> str:
    """The article pane for an answer, labelled in `language`; `nonce` makes the value new when the same
    answer is shown again."""
    marks = highlights(answer, choice)
    paragraphs = [
        f'<p id="paragraph-{i}" data-number="{i}">{_paragraph(article.text, start, end, marks)}</p>'
        for i, (start, end) in enumerate(article.paragraphs, 1)
    ]
    label = escape_html(say(language, "article"))
    written = detect_language(article.text[:2000])
    return (
        f'<header class="article-head"><h2>{escape_html(article_title(article))}</h2>'
        f"<p>{escape_html(article_facts(article, language))}</p></header>"
        f'<div class="article-pane" role="region" tabindex="0" aria-label="{label}" lang="{written}" '
        f'data-nonce="{nonce}">{"".join(paragraphs)}</div>'
    )
