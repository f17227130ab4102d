"""What must hold of every text, article, passage and span, whatever the input."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from embeddings.passages import Bounds, split_paragraphs, split_sentences
from embeddings.types import IntArray, Passage, PassageSettings
from qa.article import Article
from qa.errors import DispatchError
from qa.web.reasons import explain

LONGEST_WORD = 200


class BrokenClaimError(AssertionError):
    """Something that must always hold does not; the message says what."""


def require(holds: bool, claim: str) -> None:
    """Raise BrokenClaimError unless it holds."""
    if not holds:
        raise BrokenClaimError(claim)


def check_error(error: DispatchError) -> None:
    """A refusal is one line that says something, in either language."""
    message = str(error)
    require(explain(error, "fr").strip() != "", "a refusal says something in French")
    require(message.strip() != "" and len(message.splitlines()) == 1, f"an error is one line, got {message!r}")


def check_cover(text: str, pieces: Sequence[Bounds], whole: Bounds) -> None:
    """Pieces are in order, hold no outer space, share no character, and leave out only white space."""
    cursor, end = whole
    for first, last in pieces:
        require(cursor <= first < last <= end, f"[{first}, {last}) lies in order inside [{cursor}, {end})")
        require(not text[first].isspace() and not text[last - 1].isspace(), f"[{first}, {last}) has no outer space")
        require(text[cursor:first].strip() == "", f"nothing but white space is left out of [{cursor}, {first})")
        cursor = last
    require(text[cursor:end].strip() == "", f"nothing but white space is left out of [{cursor}, {end})")


def check_article(article: Article) -> None:
    """Paragraphs and sentences cover the text, its characters exact; the date is one of its own words."""
    text = article.text
    require(any(c.isalnum() for c in text), "an article has a letter or a digit")
    text.encode()  # no half character
    check_cover(text, article.paragraphs, (0, len(text)))
    for paragraph in article.paragraphs:
        check_cover(text, split_sentences(text, paragraph), paragraph)
    require(article.date is None or article.date in text[:200], "the date stands in the text")


def check_passages(text: str, passages: Sequence[Passage], starts: IntArray, settings: PassageSettings) -> None:
    """Passages are numbered, exact, in order, each inside one paragraph and within the limit of tokens; they
    cover every word."""
    paragraphs = split_paragraphs(text)
    covered = 0
    for number, passage in enumerate(passages):
        first, last = passage.start, passage.end
        require(passage.id == number, f"passage {passage.id} is numbered {number}")
        require(first < last and text[first:last] == passage.text, f"[{first}, {last}) holds the passage's text")
        require(number == 0 or passages[number - 1].start < first, f"passage {number} begins after the one before")
        require(last > covered, f"passage {number} ends after the one before")
        require(text[covered:first].strip() == "", f"no word is left out of [{covered}, {first})")
        covered = last
        require(find_paragraph(paragraphs, first) == find_paragraph(paragraphs, last - 1), "it is in one paragraph")
        n_tokens = int((starts >= first).sum() - (starts >= last).sum())
        alone = len(passage.text.split()) == 1 and len(passage.text) <= LONGEST_WORD
        require(n_tokens <= settings.max_tokens or alone, f"passage {number} has {n_tokens} tokens")
    require(text[covered:].strip() == "", f"no word is left out behind {covered}")


def find_paragraph(paragraphs: Sequence[Bounds], place: int) -> int:
    """Number, from 0, of the paragraph that holds a character."""
    number = bisect_right(paragraphs, place, key=lambda bounds: bounds[0]) - 1
    require(number >= 0 and place < paragraphs[number][1], f"character {place} is in a paragraph")
    return number


def check_span(text: str, found: str, start: int, end: int) -> None:
    """The span's own words stand there."""
    require(0 <= start < end <= len(text) and text[start:end] == found, f"[{start}, {end}) holds {found!r}")
