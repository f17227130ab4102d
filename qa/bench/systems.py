"""What is compared: this project's backends and its peers, all with this project's own weights.

A peer is given the article's passages as they are cut here, and reads as many of them for a question.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import get_args

from embeddings.encoder import COMPACT_ENCODER
from embeddings.types import Backend
from qa.article import Article
from qa.bench.plain import Plain
from qa.config import COMPACT_READER, PROFILES, find_profile
from qa.errors import DispatchError
from qa.pipeline import ArticleQA, Models

Ask = Callable[[Sequence[str]], list[str]]
"""What answers questions, one after the other where the system has no other way."""
AskOne = Callable[[str], str]
OURS: tuple[str, ...] = get_args(Backend)


def open_system(name: str, article: Article, passages: Sequence[str]) -> Ask:
    """A system that has read the article, or, if it is a peer, the article's passages. Raises DispatchError where
    its package is not installed."""
    try:
        if name not in OURS:
            ask = _PEERS[name](list(passages))
            return lambda questions: [ask(question) for question in questions]
        opened = ArticleQA.load(article, Models.load(find_profile("compact", backend=name)))  # type: ignore[arg-type]
        return lambda questions: [answer.text for answer in opened.ask_many(questions)]
    except ModuleNotFoundError as error:
        raise DispatchError(f"{name}: {error}; install the extra bench") from None


def count_read(passages: Sequence[str]) -> int:
    """How many passages a question is answered from."""
    settings = PROFILES["compact"].retrieval
    return len(passages) if len(passages) <= settings.read_all else settings.n_passages


def _open_plain(passages: list[str]) -> AskOne:
    return Plain(passages, count_read(passages)).ask


def _open_txtai(passages: list[str]) -> AskOne:
    from txtai import Embeddings
    from txtai.pipeline import Questions

    embeddings = Embeddings(path=str(COMPACT_ENCODER), method="sentence-transformers", content=True, gpu=False)
    embeddings.index(passages)
    questions = Questions(str(COMPACT_READER), gpu=False)

    def ask(question: str) -> str:
        found = embeddings.search(question, count_read(passages))
        answers = [read(question, hit["text"]) for hit in found]
        return next((answer for answer in answers if answer), "")

    def read(question: str, text: str) -> str | None:
        with suppress(TypeError):  # it has no word to name where "no answer here" wins
            found: str | None = questions([question], [text])[0]
            return found
        return None

    return ask


def _open_haystack(passages: list[str]) -> AskOne:
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # it would tell its maker of every pipeline
    from haystack import Document, Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )
    from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

    embedder = SentenceTransformersDocumentEmbedder(model=str(COMPACT_ENCODER), progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run([Document(content=text) for text in passages])["documents"])
    pipeline = Pipeline()
    pipeline.add_component("encode", SentenceTransformersTextEmbedder(model=str(COMPACT_ENCODER), progress_bar=False))
    pipeline.add_component("retrieve", InMemoryEmbeddingRetriever(document_store=store, top_k=count_read(passages)))
    pipeline.add_component("read", TransformersExtractiveReader(model=str(COMPACT_READER), top_k=1))
    pipeline.connect("encode.embedding", "retrieve.query_embedding")
    pipeline.connect("retrieve.documents", "read.documents")
    pipeline.warm_up()

    def ask(question: str) -> str:
        found = pipeline.run({"encode": {"text": question}, "read": {"query": question}})
        return found["read"]["answers"][0].data or ""

    return ask


_PEERS: dict[str, Callable[[list[str]], AskOne]] = {
    "haystack": _open_haystack,
    "txtai": _open_txtai,
    "plain": _open_plain,
}
