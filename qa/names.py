"""Names that differ between French and English, so that one language's name is known in the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np

from qa.types import IntArray

_PAIRS = """
otan/nato|onu/un|ue/eu|etats unis/united states|etats unis/usa|etats unis/us|royaume uni/united kingdom|
royaume uni/uk|royaume uni/britain|grande bretagne/britain|allemagne/germany|espagne/spain|italie/italy|
grece/greece|suisse/switzerland|autriche/austria|pays bas/netherlands|belgique/belgium|suede/sweden|
norvege/norway|danemark/denmark|finlande/finland|islande/iceland|irlande/ireland|pologne/poland|hongrie/hungary|
roumanie/romania|bulgarie/bulgaria|tcheque/czech|republique tcheque/czechia|slovaquie/slovakia|croatie/croatia|
serbie/serbia|bosnie/bosnia|albanie/albania|russie/russia|turquie/turkey|chypre/cyprus|syrie/syria|irak/iraq|
liban/lebanon|jordanie/jordan|egypte/egypt|libye/libya|tunisie/tunisia|algerie/algeria|maroc/morocco|
mauritanie/mauritania|tchad/chad|cameroun/cameroon|ethiopie/ethiopia|afrique du sud/south africa|
arabie saoudite/saudi arabia|emirats/emirates|koweit/kuwait|inde/india|chine/china|japon/japan|coree/korea|
coree du nord/north korea|coree du sud/south korea|thailande/thailand|indonesie/indonesia|malaisie/malaysia|
australie/australia|nouvelle zelande/new zealand|bresil/brazil|argentine/argentina|chili/chile|perou/peru|
colombie/colombia|mexique/mexico|afrique/africa|asie/asia|amerique/america|moyen orient/middle east|
mer rouge/red sea|mediterranee/mediterranean|atlantique/atlantic|londres/london|bruxelles/brussels|geneve/geneva|
vienne/vienna|lisbonne/lisbon|varsovie/warsaw|moscou/moscow|athenes/athens|copenhague/copenhagen|le caire/cairo|
alger/algiers|damas/damascus|bagdad/baghdad|beyrouth/beirut|teheran/tehran|pekin/beijing|singapour/singapore|
la haye/the hague|anvers/antwerp|gand/ghent|venise/venice|genes/genoa|barcelone/barcelona|edimbourg/edinburgh|
douvres/dover|ei/is|ei/isis|ei/islamic state|daech/isis|daech/daesh|etat islamique/islamic state|
francais/french|francaise/french|anglais/english|britannique/british|allemand/german|americain/american|
americaine/american|europeen/european|europeenne/european|irakien/iraqi|irakienne/iraqi|syrien/syrian|
russe/russian|chinois/chinese|turc/turkish|jordanien/jordanian|italien/italian|espagnol/spanish|belge/belgian|
oms/who|fmi/imf|bce/ecb|cpi/icc|pib/gdp|ong/ngo|sida/aids
"""
_ELISION = re.compile(r"\b(?:l|d|qu|n|s|c|j|m|t)['’]")


def fold(text: str) -> str:
    """Lower case, no accent, elisions dropped, everything but letters and digits a space, outer spaces gone."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", _ELISION.sub(" ", plain)).split())


@lru_cache(maxsize=1)
def _equivalents() -> dict[str, frozenset[str]]:
    """Each folded name and the names it has in the other language."""
    table: dict[str, set[str]] = {}
    for pair in "".join(_PAIRS.split("\n")).split("|"):
        one, _, other = pair.partition("/")
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {name: frozenset(others) for name, others in table.items()}


def is_mentioned(name: str, text: str, likeness: float = 0.75) -> bool:
    """Whether a folded `text` has the name, its name in the other language, or one spelled almost alike:
    a share `likeness` in (0, 1] of the letters in order.

    >>> is_mentioned("Iraq", fold("Une mission en Irak"))
    True
    """
    wanted = fold(name)
    if not wanted:
        return True
    words = _open_words(text)
    if any(words.has(form) for form in (wanted, *_equivalents().get(wanted, ()))):
        return True
    return all(_resembles(word, words, likeness) for word in wanted.split())


def _resembles(word: str, words: _Words, likeness: float) -> bool:
    """The word, one that begins alike (plural, feminine), or one of nearly the same letters is there."""
    if any(words.has(form) for form in (word, *_equivalents().get(word, ()))):
        return True
    if len(word) < 4 or any(c.isdigit() for c in word):
        return False
    return any(SequenceMatcher(None, word, other).ratio() >= likeness for other in words.like(word, likeness))


class _Words:
    """The words of a folded text, looked at once, so that a question's are found in it without reading it again."""

    def __init__(self, text: str) -> None:
        self._padded = f" {text} "
        self._words = frozenset(text.split())
        self._initials: dict[str, tuple[list[str], IntArray]] = {}

    def has(self, form: str) -> bool:
        """Whether the word or the words stand in the text."""
        return form in self._words if " " not in form else f" {form} " in self._padded

    def like(self, word: str, likeness: float) -> Iterator[str]:
        """Words of four letters and more with the same first one, of which so large a share of the letters is the
        same, in whatever order: all whose letters in order can be."""
        words, counts = self._letters(word[0])
        shared = np.minimum(counts, _count_letters([word])).sum(axis=1)
        close = 2.0 * shared / (counts.sum(axis=1) + len(word)) >= likeness
        return (words[i] for i in np.flatnonzero(close))

    def _letters(self, initial: str) -> tuple[list[str], IntArray]:
        """The words of an initial, and how often each [n_words] holds each letter [128]."""
        if initial not in self._initials:
            words = [word for word in self._words if len(word) >= 4 and word[0] == initial]
            self._initials[initial] = words, _count_letters(words)
        return self._initials[initial]


def _count_letters(words: list[str]) -> IntArray:
    """How often each folded word [n_words] holds each ASCII letter [128]."""
    letters = np.frombuffer("".join(words).encode("ascii"), dtype=np.uint8)
    owners = np.repeat(np.arange(len(words)), [len(word) for word in words])
    counts: IntArray = np.bincount(owners * 128 + letters, minlength=len(words) * 128).reshape(-1, 128)
    return counts


_open_words = lru_cache(maxsize=4)(_Words)
