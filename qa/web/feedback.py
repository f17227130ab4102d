"""Thumbs up and down in one SQLite file, off until the operator names the file.

Only answers about the page's own article are kept: a user's article never leaves the session.
`python -m qa.web.feedback FILE` prints them as a question file that `python -m qa evaluate` reads.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from qa.article import Article
from qa.errors import DispatchError
from qa.printable import printable_json
from qa.types import Answer

_JUDGED = ("article", "context", "question", "text", "start", "answered", "liked")
_TABLE = """
create table if not exists feedback (
  id integer primary key, time text not null default current_timestamp, article text not null, context text not null,
  question text not null, text text not null, start integer not null, answered integer not null, liked integer not null,
  sha256 text not null
)
"""
_INSERT = f"insert into feedback ({', '.join(_JUDGED)}, sha256) values (?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = f"select id, {', '.join(_JUDGED)}, sha256 from feedback order by id"
_WAIT_SECONDS = 5
"""For another process that is writing."""


class FeedbackStore:
    """A SQLite file of judged answers, each with the hash of what it says. Raises DispatchError when it is no
    such file, is damaged, or, unless it is `only_read`, cannot be written."""

    def __init__(self, path: Path, only_read: bool = False) -> None:
        self.path = path
        self._address = f"{path.absolute().as_uri()}?mode={'ro' if only_read else 'rwc'}"
        with self._connect("not a feedback file", "name another, or a new one") as connection:
            if not only_read:
                connection.execute("begin immediate")
                connection.execute(_TABLE)
            connection.execute(_SELECT)
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                raise sqlite3.DatabaseError(f"damaged: {found}")

    @contextmanager
    def _connect(self, wrong: str, advice: str) -> Iterator[sqlite3.Connection]:
        """A connection whose work is kept whole or not at all. Raises DispatchError of what is `wrong`."""
        try:
            with closing(sqlite3.connect(self._address, timeout=_WAIT_SECONDS, uri=True)) as connection, connection:
                connection.text_factory = partial(str, encoding="utf-8", errors="replace")
                yield connection
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise DispatchError(f"{self.path}: {wrong} ({error}); {advice}") from None

    def add(self, article: Article, answer: Answer, liked: bool) -> None:
        """Keep one judgement. Raises DispatchError when the file cannot be written."""
        spoken = (article.name, article.text, answer.question, answer.text)
        row = (*spoken, answer.start, int(answer.answered), int(liked))
        with self._connect("the judgement was not kept", "make room, or allow writing there") as connection:
            connection.execute(_INSERT, (*row, _hash(row)))

    def rows(self) -> list[tuple[Any, ...]]:
        """All judgements that are whole, oldest first: id, article, context, question, text, start, answered,
        liked. Raises DispatchError."""
        return [(number, *row) for number, *row, digest in self._read() if digest == _hash(row)]

    def damaged(self) -> list[int]:
        """Ids of the judgements that are no longer what was kept. Raises DispatchError."""
        return [number for number, *row, digest in self._read() if digest != _hash(row)]

    def _read(self) -> list[Any]:
        with self._connect("cannot be read", "restore the file") as connection:
            return connection.execute(_SELECT).fetchall()


def _hash(row: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def export_questions(store: FeedbackStore) -> dict[str, Any]:
    """SQuAD v2 JSON of the answers that were liked; the others, whose right answer nobody gave, are listed
    under `disliked`, and damaged ones under `damaged`, at which no reader of question files looks."""
    articles: dict[tuple[str, str], list[dict[str, Any]]] = {}
    disliked = []
    for number, article, context, question, text, start, answered, liked in store.rows():
        entry = {"id": f"feedback-{number}", "question": question}
        if not liked:
            disliked.append({**entry, "text": text, "answer_start": start})
            continue
        answers = [{"text": text, "answer_start": start}] if answered else []
        articles.setdefault((article, context), []).append({**entry, "answers": answers, "is_impossible": not answered})
    data = [
        {"title": title, "paragraphs": [{"context": context, "qas": questions}]}
        for (title, context), questions in articles.items()
    ]
    damaged = [f"feedback-{number}" for number in store.damaged()]
    return {"version": "v2.0", "data": data, "disliked": disliked, "damaged": damaged}


def main(arguments: Sequence[str]) -> int:
    """Print a feedback file as questions; 2, with one line on standard error, when there is none."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print("error: expected the path of one feedback file; usage: python -m qa.web.feedback FILE", file=sys.stderr)
        return 2
    try:
        document = export_questions(FeedbackStore(Path(arguments[0]), only_read=True))
    except DispatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(printable_json(document))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
