"""transformers and torch behind the reader: any question-answering model, and what the others are checked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bert import batches
from embeddings.tokenizer import copy_tokenizer, load_saved_tokenizer
from qa.errors import ModelError
from qa.types import FloatArray


class ReferenceScorer:
    """A transformers model, fed in batches of at most `batch_tokens` tokens, padding counted."""

    def __init__(self, model: Any, tokenizer: Any, batch_tokens: int) -> None:
        self._model = model
        self._batch_tokens = batch_tokens
        self._pad = tokenizer.pad_token_id
        self._has_parts = "token_type_ids" in tokenizer.model_input_names
        self.tokenizer = copy_tokenizer(tokenizer.backend_tokenizer)

    def run(self, rows: Sequence[Any]) -> list[FloatArray]:
        """Start and end scores [n_tokens, 2] of each encoding, in order."""
        found: dict[int, FloatArray] = {}
        for batch in batches([len(row.ids) for row in rows], self._batch_tokens, least_full=0):
            found |= zip(batch, self._forward([rows[i] for i in batch]), strict=True)
        return [found[i] for i in range(len(rows))]

    def _forward(self, rows: Sequence[Any]) -> list[FloatArray]:
        import torch

        shape = (len(rows), max(len(row.ids) for row in rows))
        ids = np.full(shape, self._pad, dtype=np.int64)
        mask, parts = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for i, row in enumerate(rows):
            n = len(row.ids)
            ids[i, :n], mask[i, :n], parts[i, :n] = row.ids, 1, row.type_ids
        inputs = {"input_ids": ids, "attention_mask": mask}
        if self._has_parts:
            inputs["token_type_ids"] = parts
        device = self._model.device
        with torch.inference_mode():
            output = self._model(**{key: torch.from_numpy(v).to(device) for key, v in inputs.items()})
        scores = torch.stack([output.start_logits, output.end_logits], dim=-1).float().cpu().numpy()
        return [scores[i, : len(row.ids)] for i, row in enumerate(rows)]


def open_reference(name: str, batch_tokens: int) -> ReferenceScorer:
    """A model's folder or hub name. Raises ModelError when it has no fast tokenizer, and what transformers
    does when it cannot be opened."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    is_local = Path(name).is_dir()
    options: dict[str, Any] = {"local_files_only": is_local, "trust_remote_code": False}
    tokenizer = load_saved_tokenizer(name, AutoTokenizer.from_pretrained(name, **options), is_local)
    model = AutoModelForQuestionAnswering.from_pretrained(name, dtype=torch.float32, use_safetensors=True, **options)
    if not tokenizer.is_fast:
        raise ModelError(f"reader {name!r} has no fast tokenizer, so no character offsets; choose another")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return ReferenceScorer(model.eval().to(device), tokenizer, batch_tokens)
