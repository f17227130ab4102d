"""Texts, bytes and files made to break: hypothesis strategies, which shrink to the smallest that does."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from hypothesis import strategies as st

NEWS = (
    "Paris M. MM. Durand Dupont Mme l’Otan L'O.N.U. l'UE Bruxelles Jordanie Irak janv. a-t-il dit. (AFP) -, "
    "selon according to said announced que the of une mission sommet 98% 3\u202f400 E\u0301te\u0301 cœur fin. Quoi ?! … "
    "«\u00a0oui\u00a0» “No!” \"Non !\" dit. a déclaré M. Dupont, il a ajouté en soulignant que On indique à l'Elysée"
).split(" ")
DATES = (
    "date 2018-02 ",
    "date 2018-02-14\n",
    "date 2018-13 ",
    "date 0000-02-11 ",
    "date 9999-12-31 ",
    "date 0001-01-01 ",
    "date ٢٠١٨-٠٢ ",
    " lundi prochain ",
    " les 11 et 12 juillet prochains",
    " July 11 ",
    " fr\u0131day ",
    " \u017feptember next",
    " aujourd'hui ",
    " demain ",
    " yesterday ",
    " il y a 999 ans ",
    " dans 999 mois ",
    " 999 weeks ago ",
    " la semaine dernière ",
    " en mars 2019 ",
)
ODD = (
    *"\x00 \x01 \x07 \x1b[31m \x1c \x7f \x85 \xad \u061c \u200b \u200d \u200e \u200f \u202e \u2066 \ufeff \ufffe".split(" "),
    *"\ud800 \udfff e\u0301\u0327 \u0301 İ ı ß ſ K ﬁ ǆ Σας 👩‍🚀 🇫🇷 😀 日本語。東京へ 次。 عربي \u0e01\u0e33 ² Ⅷ ٣ \U000e0041".split(" "),
)
MARKUP = (
    *"<script>alert(1)</script> <p> </p> <p/ <br> <td> </table> <![CDATA[ <!-- --> <?x ]]> &#xD800; &amp &lt; < >".split(),
    *"<meta\x20charset=utf-16> <meta\x20charset=cp1253> <img\x20src=x\x20onerror=a()> </script".split(),
    *"{{7*7}} ${x} {%\x20raw\x20%} #{x} ](javascript:x) ![a](http://b) ** `` ``` $$ | \\ _ ~~ # >q [^1] http://a.b/c".split(),
)
GAPS = (*"      ", "", "", "\n", "\r\n", "\r\n\r\n", "\n\n", "\n \t\n", "\r", "\x0b", "\x0c", "\u00a0", "\u202f", "\u2028", "\u2029")
_REPEATED = ("a", "\u0301", "\u200b", "<", "(", '"', "«", ".", "a.", "1", " ", "\n", "日", "😀", "M. ", "a b ", "lundi ")
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252")
_SPLICED = (
    *(b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\r", b"\n", b"\n\n", b" "),
    *(b'"', b"'", b",", b";", b"\t", b"|", b"[", b"]", b"{", b"}", b":", b"<", b">", b"&", b"\\", b"/", b"\\ud800", b"\\u0000"),
    *(b"null", b"true", b"-1", b"NaN", b"1e999", b"9" * 5000, b"[" * 5000, b'{"a":' * 3000, b"a" * 3000),
)

_pieces = st.one_of(
    st.sampled_from(NEWS + GAPS),
    st.sampled_from(NEWS + GAPS),
    st.sampled_from(ODD + MARKUP + DATES),
    st.text(max_size=5),
    st.tuples(st.sampled_from(_REPEATED), st.sampled_from((3, 40, 600))).map(lambda drawn: drawn[0] * drawn[1]),
)
texts = st.lists(_pieces, max_size=24).map("".join)
"""Prose with odd characters, markup and templates among it, of any line ends, some in a line without an end."""
unicode_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode("utf-8"))
"""The same without half a character."""
short_texts = st.lists(_pieces, max_size=6).map("".join)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to bytes: at `place`, counted round and round, `n_dropped` bytes give way to `spliced`."""

    place: int
    n_dropped: int
    spliced: bytes


edits = st.lists(
    st.builds(
        Edit,
        st.integers(0, 65_535),
        st.sampled_from((0, 0, 1, 2, 30, 65_536)),
        st.one_of(st.sampled_from(_SPLICED), st.binary(max_size=4)),
    ),
    max_size=3,
)


def apply_edits(raw: bytes, changes: list[Edit]) -> bytes:
    """The bytes after each change in turn."""
    for change in changes:
        at = change.place % (len(raw) + 1)
        raw = raw[:at] + change.spliced + raw[at + change.n_dropped :]
    return raw


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


encoded_texts = st.builds(_encode, texts, st.sampled_from(_ENCODINGS))
raw_files = st.one_of(st.binary(max_size=400), st.builds(apply_edits, encoded_texts, edits))
"""Bytes of a file: of no meaning, or a text's in one of many encodings, cut and spliced."""
