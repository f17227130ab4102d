"""Texts, bytes and files made to break: hypothesis strategies, which shrink to the smallest that does."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from qa.stress.fuzzing.fragments import DATES, GAPS, MARKUP, NEWS, ODD, REPEATS, SPLICES

_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252")

_pieces = st.one_of(
    st.sampled_from(NEWS + GAPS + GAPS),
    st.sampled_from(NEWS + GAPS + GAPS),
    st.sampled_from(ODD + MARKUP + DATES + REPEATS),
    st.characters(codec="utf-8"),
)
texts = st.lists(_pieces, max_size=20).map("".join)
"""Prose with odd characters, markup and templates among it, of any line ends, some in a line without an end."""
unicode_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode("utf-8"))
"""The same without half a character."""
short_texts = st.lists(_pieces, max_size=5).map("".join)


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
        st.one_of(st.sampled_from(SPLICES), st.binary(max_size=4)),
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
