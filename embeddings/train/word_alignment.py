"""French-English word links by eflomal (Östling & Tiedemann 2016), counted into a translation lexicon."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from embeddings.train.corpora import SentencePair

MIN_SHARE = 0.08
MAX_WORDS = 60

Lexicon = dict[str, dict[str, float]]
"""French word -> English word -> share of its links; shares of one word sum to 1."""


def _write(path: Path, sentences: list[list[str]]) -> None:
    path.write_text("".join(" ".join(words) + "\n" for words in sentences), encoding="utf-8")


def _read_links(path: Path) -> Iterator[set[tuple[int, int]]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield {(int(a), int(b)) for a, b in (link.split("-") for link in line.split())}


def _mutual_links(
    french: list[list[str]], english: list[list[str]]
) -> Iterator[tuple[list[str], list[str], set[tuple[int, int]]]]:
    """Align both ways and keep the links found in both; yields one sentence pair at a time."""
    import eflomal

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "fr", french)
        _write(folder / "en", english)
        with (folder / "fr").open() as src, (folder / "en").open() as trg:
            eflomal.Aligner().align(
                src,
                trg,
                links_filename_fwd=str(folder / "fwd"),
                links_filename_rev=str(folder / "rev"),
            )
        both = zip(_read_links(folder / "fwd"), _read_links(folder / "rev"), strict=True)
        for fr, en, (forward, reverse) in zip(french, english, both, strict=True):
            yield fr, en, forward & reverse


def build_lexicon(pairs: list[SentencePair], split: Callable[[str], list[str]]) -> Lexicon:
    """Count mutual links of the pairs, words as `split` cuts them; shares under 8% are dropped."""
    tokenised = ((split(p.fr), split(p.en)) for p in pairs)
    kept = [(f, e) for f, e in tokenised if 0 < len(f) <= MAX_WORDS and 0 < len(e) <= MAX_WORDS]
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for fr, en, links in _mutual_links([f for f, _ in kept], [e for _, e in kept]):
        for i, j in links:
            counts[fr[i]][en[j]] += 1
    return {word: shares for word, found in counts.items() if (shares := _shares(found))}


def _shares(found: Counter[str]) -> dict[str, float]:
    total = sum(found.values())
    kept = {word: n for word, n in found.most_common() if n / total >= MIN_SHARE}
    kept_total = sum(kept.values())
    return {word: round(n / kept_total, 4) for word, n in kept.items()}


def add_dictionary(lexicon: Lexicon, split: Callable[[str], list[str]]) -> Lexicon:
    """Add country, language, month and weekday names of the Unicode CLDR for words never linked."""
    from babel import Locale

    english, french = Locale("en"), Locale("fr")
    names = [
        (table_fr[key], table_en[key])
        for table_fr, table_en in (
            (french.territories, english.territories),
            (french.languages, english.languages),
            (french.months["format"]["wide"], english.months["format"]["wide"]),
            (french.days["format"]["wide"], english.days["format"]["wide"]),
        )
        for key in table_fr
        if key in table_en
    ]
    merged = dict(lexicon)
    for fr, en in names:
        words_fr, words_en = split(fr), split(en)
        if len(words_fr) == 1 and words_fr[0] not in merged:
            merged[words_fr[0]] = {word: round(1 / len(words_en), 4) for word in words_en}
    return merged
