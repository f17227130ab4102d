"""Words as retrieval compares them: lower case, no accents, no punctuation."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
STEM_LETTERS = 6


def fold(text: str) -> str:
    """Lower case without accents, ligatures written out."""
    parts = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def split_words(text: str) -> list[str]:
    """The folded words and numbers of `text`, in order."""
    return _WORD.findall(fold(text))


def stem(word: str) -> str:
    """The first six letters: nearly what a French or English stemmer leaves, whatever the language."""
    return word[:STEM_LETTERS]
