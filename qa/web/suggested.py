"""The seed's suggestions, made at build time: `python -m qa.web.suggested` writes them beside this file.

They are what `qa.suggestions` makes and the models that ship answer; nobody types them. The file names the
article, models and settings that it was made with. With any others it is not used, and the page finds its
suggestions when it starts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from qa.language import Language
from qa.suggestions import suggest
from qa.web.opened import Opened

FILE = Path(__file__).with_name("suggestions.json")
LANGUAGES: tuple[Language, ...] = ("en", "fr")
Suggestions = dict[Language, list[str]]


def make_suggestions(opened: Opened) -> Suggestions:
    """By round trip, in each language."""
    return {language: suggest(opened.article.text, language, opened) for language in LANGUAGES}


def load_suggestions(identity: Mapping[str, str], path: Path = FILE) -> Suggestions:
    """Those of the file where it was made with `identity`; none where it was not, or cannot be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["made_with"] != identity:
            return {}
        return {language: [str(question) for question in record["questions"][language]] for language in LANGUAGES}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def save_suggestions(opened: Opened, path: Path = FILE) -> Suggestions:
    """Make them and write the file."""
    made = make_suggestions(opened)
    record = {"made_with": opened.identity, "questions": made}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return made


def main() -> int:
    """Write the file for the seed and the models that ship, and print what is in it."""
    from qa.logs import quiet_libraries

    quiet_libraries()
    from qa.pipeline import ArticleQA

    for language, questions in save_suggestions(ArticleQA.load()).items():
        print(f"{language}: {len(questions)}")
        print("".join(f"  {question}\n" for question in questions), end="")
    print(f"written to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
