"""Why an article gives no answer, as far as the words of both can show it.

Three reasons, the first that holds: nothing in the article is about the question; the question names a
year, a number or a name that the article does not contain; the subject is there, but not this detail.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.language import detect_language
from qa.names import fold, is_mentioned
from qa.types import Refusal

OFF_TOPIC_SIMILARITY = 0.45
OFF_TOPIC_SIMILARITY_ACROSS = 0.25
"""Cosine under which a question that shares no word with the article is taken to be about something else;
the second where question and article are in different languages, so that shared words say little."""

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:[-’'][A-Za-zÀ-ÖØ-öø-ÿ]+)*|\d+(?:[.,\u00a0\u202f ]\d+)*")
_NAME_LINK = frozenset("de du des d of the van von al el bin ben".split())
_ADJECTIVE = re.compile(r"(?:ese|ish|ian|ean|can|ic|qi)$")
_PLAIN = frozenset(
    "qui que quoi quel quelle quels quelles ou quand pourquoi comment combien est ce sont ont avait etait cette dans "
    "pour avec sans leur leurs plus elle elles ils nous vous tout tous toute fait faire peut etre avoir dit selon dire "
    "cela celle celui ceux alors aussi apres avant entre chez vers sous lors fois moi toi salut bonjour merci tu "
    "article texte depeche question reponse parle parler "
    "who what which where when why how many much long does did have with from that this these those they their there "
    "been said says according any about would could should will into than then them some more most please tell hello "
    "text dispatch answer take make made name called mean happen happened hi hey ok".split()
)
_NOT_NAMES = frozenset(
    "i ok q mr mrs ms dr m mme monsieur madame january february march april may june july august "
    "september october november december monday tuesday wednesday thursday friday saturday sunday "
    "french english francais anglais".split()
)


def _content_words(question: str) -> set[str]:
    return {w for w in fold(question).split() if len(w) > 3 and not w.isdigit() and w not in _PLAIN}


def _names(question: str) -> list[str]:
    """Runs of capitalised words, linked by "de", "of" and the like; a sentence's first word counts only
    when it is all capitals, as questions begin with a capital anyway."""
    runs: list[tuple[int, int]] = []
    link = -1
    for i, match in enumerate(_WORD.finditer(question)):
        start, end = _bare(match)
        word = question[start:end]
        begins = i == 0 or question[: match.start()].rstrip()[-1:] in (".", "?", "!")
        is_name = word[:1].isupper() and fold(word) not in _NOT_NAMES | _PLAIN
        joins = bool(runs) and question[max(runs[-1][1], link) : match.start()].strip() == ""
        if is_name and not (begins and not (word.isupper() and len(word) > 1)):
            runs[-1:] = [(runs[-1][0], end)] if joins else [*runs[-1:], (start, end)]
            link = -1
        elif joins and link < 0 and fold(word) in _NAME_LINK:
            link = match.end()
    return [question[start:end] for start, end in runs]


def _bare(match: re.Match[str]) -> tuple[int, int]:
    """A word's bounds without an elided article ("l'"), a genitive ("'s") or what a hyphen adds ("-led")."""
    elided = re.match(r"(?:[ldjnsmtcLDJNSMTC]|[Qq]u)['’]", match[0])
    added = re.search(r"(?:['’]s|(?<=\w)-[a-z]\w+)$", match[0])
    return (
        match.start() + (0 if elided is None else elided.end()),
        match.end() if added is None else match.start() + added.start(),
    )


def _numbers(question: str) -> list[str]:
    return [m[0] for m in _WORD.finditer(question) if m[0][0].isdigit()]


@lru_cache(maxsize=4)
def _find_numbers(text: str) -> frozenset[str]:
    """Its runs of digits, as they stand and with what groups digits ("3 400") left out."""
    joined = re.sub(r"(?<=\d)[\s.,](?=\d)", "", text)
    return frozenset(re.findall(r"\d+", text)) | frozenset(re.findall(r"\d+", joined))


_fold_article = lru_cache(maxsize=4)(fold)
"""An article is folded and its numbers found once, however many questions it does not answer."""


def _has_number(number: str, text: str) -> bool:
    if re.sub(r"\D", "", number) in _find_numbers(text):
        return True
    return number in text and re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None


def explain_refusal(question: str, text: str, similarity: float) -> Refusal:
    """The reason that can be defended; `similarity` is the best cosine of the article's passages.

    `unknown` keeps the question's own spelling and order: numbers first, then names.
    """
    folded = _fold_article(text)
    across = detect_language(question) != detect_language(text[:2000])
    named = {n: _has_number(n, text) for n in _numbers(question)}
    named |= {n: is_mentioned(n, folded, 0.7 if across else 0.75) for n in _names(question)}
    shared = any(named.values()) or any(is_mentioned(word, folded) for word in _content_words(question))
    if not shared and similarity < (OFF_TOPIC_SIMILARITY_ACROSS if across else OFF_TOPIC_SIMILARITY):
        return Refusal("off_topic")
    unknown = tuple(name for name, known in named.items() if not known and not (across and _ADJECTIVE.search(name)))
    return Refusal("unknown_premise", unknown) if unknown else Refusal("detail_missing")
