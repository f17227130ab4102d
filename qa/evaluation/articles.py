"""Which article a question is asked of: its context, a file, a title, or the one of the command line."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.article import Article, load_article, read_article
from qa.errors import ArticleError, DispatchError
from qa.evaluation.json_stream import JsonStream
from qa.evaluation.questions import EvaluationQuestion, is_file
from qa.evaluation.sources import list_files
from qa.evaluation.texts import Texts
from qa.pipeline import ArticleQA, Models

N_OPEN = 16
"""Articles kept open, the last used; more are opened again when they are asked about again."""


@dataclass(frozen=True, slots=True)
class Library:
    """Where the names of articles lead: `titles` to texts, and files of `folder`."""

    titles: Mapping[str, str]
    folder: Path | None = None

    def place(self, question: EvaluationQuestion) -> EvaluationQuestion:
        """The question with its article's text or file in place of the name of it."""
        name = question.article
        if name is None or question.context is not None or Path(name).is_absolute():
            return question
        for suffix in ("", ".txt", ".md"):
            if self.folder is not None and is_file(self.folder / f"{name}{suffix}"):
                return replace(question, article=str(self.folder / f"{name}{suffix}"))
        return replace(question, context=self.titles.get(name))


def find_titles(files: Iterable[Path], names: set[str]) -> Texts:
    """Texts of the SQuAD articles of the files whose title or id is named: their paragraphs, a blank
    line between them."""
    found = Texts()
    for path in files:
        if not names or path.suffix.lower() != ".json":
            continue
        with JsonStream(path) as stream:
            for key in stream.read_keys():
                if key != "data":
                    stream.read_value()
                    continue
                for article in stream.read_array():
                    for name in names & {str(article.get("title")), str(article.get("id"))}:
                        found.add(name, "\n\n".join(str(p.get("context", "")) for p in article["paragraphs"]))
    return found


def open_library(path: Path, names: Iterable[str], folder: Path | None = None) -> Library:
    """The library of a source: titles are looked for in its SQuAD files, files in `folder`."""
    return Library(find_titles(list_files(path), set(names)), folder)


Key = tuple[str, str]


def article_key(question: EvaluationQuestion) -> Key:
    """What tells one article from another, without opening it."""
    if question.context is not None:
        return "text", question.context
    return ("name", question.article) if question.article is not None else ("default", "")


class Shelf:
    """The articles that are open, at most N_OPEN and those of one batch."""

    def __init__(self, models: Models, default: Article | None) -> None:
        self._models = models
        self._default = default
        self._open: OrderedDict[Key, ArticleQA] = OrderedDict()

    def open_all(self, questions: Sequence[EvaluationQuestion]) -> dict[Key, ArticleQA | DispatchError]:
        """Every article of the questions, opened together, or why it could not be."""
        wanted = {article_key(question): question for question in questions}
        loaded: dict[Key, Article] = {}
        found: dict[Key, ArticleQA | DispatchError] = {}
        for key, question in wanted.items():
            if key in self._open:
                self._open.move_to_end(key)
                found[key] = self._open[key]
                continue
            try:
                loaded[key] = self._load(question)
            except DispatchError as error:
                found[key] = error
        for key, opened in self._build(loaded):
            found[key] = opened
            if isinstance(opened, ArticleQA):
                self._open[key] = opened
        while len(self._open) > max(N_OPEN, len(wanted)):
            self._open.popitem(last=False)
        return found

    def _build(self, loaded: dict[Key, Article]) -> Iterator[tuple[Key, ArticleQA | DispatchError]]:
        """Together; one by one where one of them cannot be indexed."""
        if not loaded:
            return
        try:
            yield from zip(loaded, ArticleQA.load_many(list(loaded.values()), self._models), strict=True)
        except ArticleError:
            for key, article in loaded.items():
                try:
                    yield key, ArticleQA.load(article, self._models)
                except DispatchError as error:
                    yield key, error

    def _load(self, question: EvaluationQuestion) -> Article:
        if question.context is not None:
            return Article.from_text(question.context, question.title)
        if question.article is None:
            return load_article(self._default)
        path = Path(question.article)
        if not path.is_absolute() and not is_file(path):
            raise ArticleError(f"article {question.article!r}: neither a file beside the questions nor a title in them")
        return read_article(path)
