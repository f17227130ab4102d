"""What hostile texts and files are put together from."""

from __future__ import annotations

import codecs

NEWS = (
    *"Paris M. MM. Durand Dupont Mme l’Otan L'O.N.U. l'UE Bruxelles Jordanie Irak janv. a-t-il dit. (AFP) -".split(),
    *"selon according to said announced que the of une mission sommet 98% cœur fin. Quoi ?! … “No!” dit.".split(),
    *("3\u202f400", "E\u0301te\u0301", "«\u00a0oui\u00a0»", '"Non !"'),
    *(" a déclaré M. Dupont, ", " il a ajouté en soulignant que "),
)
DATE_LINES = (
    *"2018-02 2018-02-14 2018-13 2018-02-30 0000-02-11 9999-12-31 0001-01-01 0050-06 ٢٠١٨-٠٢".split(),
    "2018-02-14 12:00",
)
DATES = (
    *(f"date {line} " for line in DATE_LINES),
    *(" lundi prochain ", " les 11 et 12 juillet prochains", " July 11 ", " en mars 2019 ", " la semaine dernière "),
    *(" aujourd'hui ", " demain ", " yesterday ", " il y a 999 ans ", " dans 999 mois ", " 999 weeks ago "),
    *(" fr\u0131day ", " next \u017feptember ", " \u017funday ", " last wee\u212a "),
)
ODD = (
    *("\x00", "\x01", "\x07", "\x1b[31m", "\x1c", "\x7f", "\x85", "\xad", "\ufffe", "\ud800", "\udfff"),
    *("\u061c", "\u200b", "\u200d", "\u200e", "\u200f", "\u202e", "\u2066", "\ufeff", "\U000e0041"),
    *"e\u0301\u0327 \u0301 İ ı ß ſ K ﬁ ǆ Σας 👩‍🚀 🇫🇷 😀 日本語。東京へ 次。 عربي \u0e01\u0e33 ² Ⅷ ٣".split(),
)
MARKUP = (
    *"<script>alert(1)</script> <p> </p> <p/ <br> <td> </table> <![CDATA[ <!-- --> <?x ]]> </script".split(),
    *"&#xD800; &#99999999999; &amp &lt; < > {{7*7}} ${x} #{x} ](javascript:x) ![a](http://b) [^1] http://a.b/c".split(),
    *"** `` ``` $$ | \\ _ ~~ # >q".split(),
    *("{% raw %}", "<img src=x onerror=a()>", "<meta charset=utf-16>", "<meta charset=cp1253>", "</p onclick=a()>"),
)
GAPS = (
    *(" ", " ", " ", " ", " ", " ", "", "", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", "\r", "\x0b", "\x0c"),
    *("\u00a0", "\u202f", "\u2028", "\u2029"),
)
REPEATS = tuple(
    one * n
    for one in (*'a\u0301\u200b<("«.1 \n日😀', "a.", "M. ", "a b ", "lundi ", "&#", '"a" ')
    for n in (3, 40, 600)
)
SPLICES = (
    *(b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\r", b"\n", b"\n\n", b" "),
    *(b'"', b"'", b",", b";", b"\t", b"|", b"[", b"]", b"{", b"}", b":", b"<", b">", b"&", b"\\", b"/"),
    *(b"\\ud800", b"\\u0000", b"null", b"true", b"-1", b"NaN", b"1e999"),
    *(b"9" * 5000, b"[" * 5000, b'{"a":' * 3000, b"a" * 3000),
)
"""What bytes are spliced with: ends of text, of lines, of cells and of values, and values without end."""
