"""An `Encoder` without torch: a sentence-transformers folder of a BERT and the mean of its tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.bert import Bert, open_bert
from embeddings.text_encoder import TextEncoder
from embeddings.tokenizer import copy_tokenizer, read_tokenizer
from embeddings.types import FloatArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_BATCH = 256
"""Texts between two steps of the progress bar."""


class GraphEncoder(TextEncoder):
    """An `Encoder` over a BERT's graph that reads `length` tokens of a text."""

    def __init__(
        self,
        bert: Bert,
        tokenizer: Tokenizer,
        length: int,
        prompts: Mapping[str, str],
        fingerprint: str,
        name: str,
    ) -> None:
        super().__init__(tokenizer, fingerprint, name)
        self._bert = bert
        self._length = length
        self._prompts = prompts

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return self._bert.width

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows [n, dimension] of questions; text past the model's length is not read."""
        return self._encode([self._prompts.get("query", "") + text for text in texts], progress=False)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        """Unit rows [n, dimension] of passages; text past the model's length is not read."""
        return self._encode([self._prompts.get("document", "") + text for text in texts], progress)

    def _encode(self, texts: Sequence[str], progress: bool) -> FloatArray:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        for i in [i for i, encoding in enumerate(encodings) if len(encoding.ids) > self._length]:
            encodings[i] = self._cutting.encode(texts[i])
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        for places in _steps(order, progress):
            means = [hidden.mean(axis=0) for hidden in self._bert.run([encodings[i] for i in places])]
            rows[places] = means
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
        return rows

    @cached_property
    def _cutting(self) -> Tokenizer:
        """A copy that cuts, made when the first text is too long."""
        copied = copy_tokenizer(self._tokenizer)
        copied.enable_truncation(self._length)
        return copied

    def _word_table(self) -> Any:
        return self._bert.tables.words


def _steps(order: list[int], progress: bool) -> Any:
    parts = [order[first : first + _BATCH] for first in range(0, len(order), _BATCH)]
    if not progress:
        return parts
    from tqdm.auto import tqdm

    return tqdm(parts, unit="batch")


def open_graph_encoder(folder: Path, prompts: Mapping[str, str], int8: bool, fingerprint: str) -> GraphEncoder | None:
    """The encoder in a folder; None where it does anything else than take the mean of a BERT's tokens.

    `prompts` ("query", "document") replace those that the folder names. Raises what `open_bert` does.
    """
    settings = _read_settings(folder)
    if settings is None:
        return None
    bert = open_bert(folder, int8)
    if bert is None:
        return None
    length = min(settings["length"], bert.n_places)
    chosen = prompts if prompts else settings["prompts"]
    return GraphEncoder(bert, read_tokenizer(folder), length, chosen, fingerprint, folder.name)


def _read_settings(folder: Path) -> dict[str, Any] | None:
    """Prompts and greatest length in tokens; None for modules, pooling or prompts of another kind."""
    try:
        modules = [module["type"].rsplit(".", 1)[-1] for module in _read(folder / "modules.json")]
        pooling = _read(folder / "1_Pooling" / "config.json")
        own = _read(folder / "config_sentence_transformers.json")
        body = _read(folder / "sentence_bert_config.json")
        length = body.get("max_seq_length") or _read(folder / "tokenizer_config.json").get("model_max_length")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    is_mean = pooling.get("pooling_mode") == "mean" and pooling.get("include_prompt", True)
    is_plain = own.get("default_prompt_name") is None and not body.get("do_lower_case")
    if modules not in _MODULES or not (is_mean and is_plain):
        return None
    return {"prompts": own.get("prompts") or {}, "length": int(length) if length else 512}


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
