"""FAISS over unit vectors: build, search, save, load. Inner product of unit vectors is their cosine."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bundle import hash_file
from embeddings.errors import VectorIndexError
from embeddings.passages import split_passages
from embeddings.storage import sync_file, write_whole
from embeddings.terms import TermWeights
from embeddings.types import Encoder, FloatArray, Hit, Passage, PassageSettings
from embeddings.vectors import Encode, build_vectors, choose_kind, open_vectors

logger = logging.getLogger(__name__)

FORMAT = 2
_PLACING_TRIES = 20
_INDEX_FILE, _PASSAGES_FILE, _TERMS_FILE, _KEY_FILE = "index.faiss", "passages.json", "terms.npz", "index.json"
_CONTENT = (_INDEX_FILE, _PASSAGES_FILE, _TERMS_FILE)


@dataclass(frozen=True, slots=True)
class IndexKey:
    """What an index was built from: it is stale as soon as any of these differs."""

    article_sha256: str
    encoder_fingerprint: str
    settings: PassageSettings

    @classmethod
    def of(cls, text: str, encoder: Encoder, settings: PassageSettings) -> IndexKey:
        """The key of an index of `text`."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(digest, encoder.fingerprint, settings)


class PassageIndex:
    """The passages of one article, the FAISS index of their vectors, and the terms they hold."""

    def __init__(
        self, passages: tuple[Passage, ...], vectors: Any, key: IndexKey, terms: TermWeights | None = None
    ) -> None:
        self.passages = passages
        self.key = key
        self._vectors = vectors
        self._terms = terms

    @property
    def terms(self) -> TermWeights:
        """The passages' terms, counted when first asked for where the index was not read from a folder."""
        if self._terms is None:
            self._terms = TermWeights.build([passage.text for passage in self.passages])
        return self._terms

    @classmethod
    def build(
        cls, text: str, encoder: Encoder, settings: PassageSettings | None = None, progress: bool = False
    ) -> PassageIndex:
        """Cut `text` into passages, encode them and index the vectors. Text without words gives an
        index of no passages, in which nothing is ever found."""
        return cls.build_many([text], encoder, settings, progress)[0]

    @classmethod
    def build_many(
        cls, texts: Sequence[str], encoder: Encoder, settings: PassageSettings | None = None, progress: bool = False
    ) -> list[PassageIndex]:
        """One index a text, as `build` makes it, all passages encoded together: short articles share
        the encoder's batches."""
        chosen = PassageSettings() if settings is None else settings
        cut = [split_passages(text, encoder.token_starts, chosen) for text in texts]
        short = [p.text for passages in cut if choose_kind(len(passages)) == "flat" for p in passages]
        rows = encoder.encode_passages(short, progress) if short else np.zeros((0, encoder.dimension), np.float32)
        found, first = [], 0
        for text, passages in zip(texts, cut, strict=True):
            if choose_kind(len(passages)) == "flat":
                encode: Encode = rows[first : first + len(passages)].__getitem__
                first += len(passages)
            else:
                encode = _encode_parts(passages, encoder, progress)
            vectors = build_vectors(len(passages), encoder.dimension, encode)
            found.append(cls(passages, vectors, IndexKey.of(text, encoder, chosen)))
        return found

    def search(self, queries: FloatArray, k: int) -> list[list[Hit]]:
        """The k nearest passages of each unit row [n, dimension], best first; fewer if there are fewer."""
        if queries.ndim != 2 or queries.shape[1] != self._vectors.d:
            raise VectorIndexError(
                f"queries have shape {queries.shape}, expected [n, {self._vectors.d}]; use the index's encoder"
            )
        n_wanted = min(k, len(self.passages))
        if n_wanted == 0 or len(queries) == 0:
            return [[] for _ in queries]
        scores, ids = self._vectors.search(np.ascontiguousarray(queries, dtype=np.float32), n_wanted)
        return [
            [Hit(int(i), float(np.clip(s, -1, 1))) for i, s in zip(row_ids, row, strict=True) if i >= 0]
            for row_ids, row in zip(ids, scores, strict=True)
        ]

    def vectors(self, ids: Sequence[int]) -> FloatArray:
        """The unit rows [n, dimension] of the passages with these ids."""
        rows = [self._vectors.reconstruct(i) for i in ids]
        return np.array(rows, dtype=np.float32).reshape(-1, self._vectors.d)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, whole or not at all: files go to a sibling that is renamed.

        Raises VectorIndexError when it cannot be written.
        """
        try:
            place = folder.resolve()  # what a link leads to is replaced, not the link
            place.parent.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        except (OSError, RuntimeError, ValueError) as error:
            raise VectorIndexError(f"{folder}: cannot be written ({_reason(error)}); name another") from None
        try:
            self._write(staging)
            _take_place(staging, place)
        except OSError as error:
            raise VectorIndexError(
                f"{folder}: the index cannot be written ({_reason(error)}); make room, or name another"
            ) from None
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _write(self, folder: Path) -> None:
        import faiss

        library: Any = faiss
        with (folder / _INDEX_FILE).open("wb") as file:  # FAISS's own files end short, untold, where a disk fills up
            library.write_index(self._vectors, library.PyCallbackIOWriter(file.write))
        self.terms.save(folder / _TERMS_FILE)
        for name in (_INDEX_FILE, _TERMS_FILE):
            sync_file(folder / name)
        with write_whole(folder / _PASSAGES_FILE) as file:
            json.dump([[p.start, p.end] for p in self.passages], file)
        files = {name: hash_file(folder / name) for name in _CONTENT}
        with write_whole(folder / _KEY_FILE) as file:
            json.dump({"format": FORMAT, **asdict(self.key), "files": files}, file, indent=1)
        folder.chmod(0o755)

    @classmethod
    def load(cls, folder: Path, text: str, key: IndexKey) -> PassageIndex:
        """Read an index of `text` saved under `key`.

        Raises VectorIndexError when it was built from something else, or a file is missing or damaged.
        """
        record = _read_record(folder)
        wanted = {"format": FORMAT, **asdict(key)}
        differing = [name for name, value in wanted.items() if record.get(name) != value]
        if differing:
            raise VectorIndexError(f"{folder}: stale, built for another {', '.join(differing)}")
        try:
            for name, digest in _file_hashes(record).items():
                if not (folder / name).is_file() or hash_file(folder / name) != digest:
                    raise VectorIndexError(f"{folder / name}: missing or damaged")
            bounds = json.loads((folder / _PASSAGES_FILE).read_text(encoding="utf-8"))
            vectors, terms = open_vectors(folder / _INDEX_FILE), TermWeights.load(folder / _TERMS_FILE)
        except (OSError, RuntimeError, ValueError):  # another process is putting a new one in its place
            raise VectorIndexError(f"{folder}: gone while it was read") from None
        if _read_record(folder) != record:
            raise VectorIndexError(f"{folder}: replaced while it was read")
        return cls(tuple(Passage(i, a, b, text[a:b]) for i, (a, b) in enumerate(bounds)), vectors, key, terms)


def load_or_build_index(
    text: str,
    encoder: Encoder,
    folder: Path,
    settings: PassageSettings | None = None,
    progress: bool = False,
) -> PassageIndex:
    """The saved index of `text` in `folder`, if it is there, current and whole; else a new one, saved
    there, with a one-line notice when it replaces one that is stale or damaged."""
    chosen = PassageSettings() if settings is None else settings
    if _holds_something(folder):
        try:
            return PassageIndex.load(folder, text, IndexKey.of(text, encoder, chosen))
        except VectorIndexError as error:
            _require_index_folder(folder)
            logger.warning("index rebuilt: %s", error)
    index = PassageIndex.build(text, encoder, chosen, progress)
    index.save(folder)
    return index


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _holds_something(folder: Path) -> bool:
    """Whether anything is there but an empty folder. Raises VectorIndexError."""
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return True
    except (OSError, ValueError) as error:
        raise VectorIndexError(f"{folder}: cannot be read ({_reason(error)}); name another") from None


def _encode_parts(passages: Sequence[Passage], encoder: Encoder, progress: bool) -> Encode:
    """A long article's vectors are made a part at a time, so that never all of them are in memory."""
    return lambda numbers: encoder.encode_passages([passages[i].text for i in numbers], progress)


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / _KEY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise VectorIndexError(f"{folder / _KEY_FILE}: missing or damaged") from None
    if not isinstance(record, dict):
        raise VectorIndexError(f"{folder / _KEY_FILE}: not an index record")
    return record


def _file_hashes(record: dict[str, Any]) -> dict[str, Any]:
    """The hash of each file, None where the record has none."""
    files = record.get("files")
    known = files if isinstance(files, dict) else {}
    return {name: known.get(name) for name in _CONTENT}


def _take_place(staging: Path, folder: Path) -> None:
    """Put a new index where an old one may be. The old one is moved aside, not emptied, so that at no moment
    a part of one is there; where another process was quicker, its index is the old one. Raises OSError."""
    for _ in range(_PLACING_TRIES):
        aside = staging.with_name(f"{staging.name}.old")
        if folder.exists():
            with contextlib.suppress(FileNotFoundError):
                _require_index_folder(folder)
                os.replace(folder, aside)
            shutil.rmtree(aside, ignore_errors=True)
        try:
            os.replace(staging, folder)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _require_index_folder(folder: Path) -> None:
    """Refuse to replace a folder that holds anything but an index."""
    allowed: Sequence[str] = (*_CONTENT, _KEY_FILE)
    try:
        strangers = [p.name for p in folder.iterdir() if p.name not in allowed]
    except FileNotFoundError:  # another process is putting a new one in its place
        return
    except NotADirectoryError:
        raise VectorIndexError(f"{folder}: a file is in the way; name a folder for the index") from None
    if strangers:
        raise VectorIndexError(f"{folder}: not an index, it holds {strangers[0]!r}; name an empty folder")
