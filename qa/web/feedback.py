"""Thumbs up and down in one SQLite file, off until the operator names the file.

Only answers about the page's own article are kept: a user's article never leaves the session.
`python -m qa.web.feedback FILE` prints them as a question file that `python -m qa evaluate` reads.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from qa.article import Article
from qa.errors import DispatchError
from qa.printable import printable_json
from qa.types import Answer

_TABLE = """
create table if not exists feedback (
  id integer primary key, time text not null default current_timestamp, article text not null, context text not null,
  question text not null, text text not null, start integer not null, answered integer not null, liked integer not null
)
"""


class FeedbackStore:
    """A SQLite file of judged answers. Raises DispatchError when it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with closing(self._connect()) as connection, connection:
                connection.execute(_TABLE)
        except sqlite3.Error as error:
            raise DispatchError(f"{path}: not a feedback file ({error}); name another, or a new one") from None

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=5)

    def add(self, article: Article, answer: Answer, liked: bool) -> None:
        """Keep one judgement."""
        row = (article.name, article.text, answer.question, answer.text, answer.start, answer.answered, liked)
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "insert into feedback (article, context, question, text, start, answered, liked) "
                "values (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def rows(self) -> list[tuple[Any, ...]]:
        """All judgements, oldest first: id, article, context, question, text, start, answered, liked."""
        with closing(self._connect()) as connection:
            return connection.execute(
                "select id, article, context, question, text, start, answered, liked from feedback order by id"
            ).fetchall()


def export_questions(store: FeedbackStore) -> dict[str, Any]:
    """SQuAD v2 JSON of the answers that were liked; the others, whose right answer nobody gave, are
    listed under `disliked`, which no reader of question files looks at."""
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
    return {"version": "v2.0", "data": data, "disliked": disliked}


def main(arguments: Sequence[str]) -> int:
    """Print a feedback file as questions; 2, with one line on standard error, when there is none."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print("error: expected the path of one feedback file; usage: python -m qa.web.feedback FILE", file=sys.stderr)
        return 2
    try:
        document = export_questions(FeedbackStore(Path(arguments[0])))
    except DispatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(printable_json(document))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
