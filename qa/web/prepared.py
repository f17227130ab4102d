"""What the page knows of the seed before it starts: `python -m qa.web.prepared` writes it beside this file.

These are its suggestions, which `qa.suggestions` makes and the models that ship answer, and what those models
do with the public questions, which the threshold's costs are counted from. Nobody types them. The file names
the article, models and settings that it was made with. With any others it is not used: the page finds its
suggestions when it starts, and asks the public questions when somebody wants to know.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.storage import write_whole
from qa.language import Language
from qa.suggestions import suggest
from qa.web.opened import Opened
from qa.web.threshold import Outcome, measure

FILE = Path(__file__).with_name("prepared.json")
LANGUAGES: tuple[Language, ...] = ("en", "fr")
Suggestions = dict[Language, list[str]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Suggestions by language, and the outcomes of the public questions; both empty where unknown."""

    suggestions: Suggestions = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()


def prepare(opened: Opened) -> Prepared:
    """Ask all of it."""
    made = {language: suggest(opened.article.text, language, opened) for language in LANGUAGES}
    return Prepared(made, measure(opened))


def load_prepared(identity: Mapping[str, str], path: Path = FILE) -> Prepared:
    """What the file holds where it was made with `identity`; nothing where it was not, or cannot be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["made_with"] != identity:
            return Prepared()
        suggestions = {
            language: [str(question) for question in record["suggestions"][language]] for language in LANGUAGES
        }
        return Prepared(suggestions, tuple(Outcome(float(p), bool(r), bool(a)) for p, r, a in record["outcomes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Prepared()


def save_prepared(opened: Opened, path: Path = FILE) -> Prepared:
    """Ask all of it and write the file."""
    made = prepare(opened)
    outcomes = [[round(o.probability, 4), o.right, o.answerable] for o in made.outcomes]
    record = {"made_with": opened.identity, "suggestions": made.suggestions, "outcomes": outcomes}
    parts = ",\n".join(f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in record.items())
    with write_whole(path) as file:
        file.write(f"{{\n{parts}\n}}\n")
    return made


def main() -> int:
    """Write the file for the seed and the models that ship, and print what is in it."""
    from qa.logs import quiet_libraries

    quiet_libraries()
    from qa.pipeline import ArticleQA

    made = save_prepared(ArticleQA.load())
    for language, questions in made.suggestions.items():
        print(f"{language}: {len(questions)} suggestions")
        print("".join(f"  {question}\n" for question in questions), end="")
    print(f"{len(made.outcomes)} public questions; written to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
