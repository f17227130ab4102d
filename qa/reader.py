"""Question and windows to start, end and null scores: the only inference file here that needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError

from embeddings.bundle import MANIFEST, open_bundle
from embeddings.errors import BundleError
from embeddings.tokenizer import load_saved_tokenizer
from qa.config import ReaderSettings
from qa.errors import ModelError
from qa.types import Window, WindowLogits


@dataclass(frozen=True, slots=True)
class _Row:
    """One tokenised piece: which question and window it belongs to, and its encoding."""

    request: int
    window: Window
    encoding: Any


class Reader:
    """A question-answering model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, settings: ReaderSettings, fingerprint: str, name: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.settings = settings
        self.fingerprint = fingerprint
        self.name = name

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        """Scores of each question on each of its windows.

        A window too long for the model gives several records that overlap by `stride` tokens. Rows are
        sorted by length and run in batches of at most `batch_tokens` tokens.
        """
        rows = [row for i, request in enumerate(requests) for row in self._tokenise(i, *request)]
        found: list[list[tuple[int, WindowLogits]]] = [[] for _ in requests]
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i].encoding.ids))
        for batch in self._batches(order, rows):
            for i, logits in zip(batch, self._forward([rows[i] for i in batch]), strict=True):
                found[rows[i].request].append((i, logits))
        return [[logits for _, logits in sorted(kept, key=lambda item: item[0])] for kept in found]

    def _tokenise(self, request: int, question: str, windows: Sequence[Window]) -> Iterator[_Row]:
        if not windows:
            return
        encoded = self._tokenizer(
            [self._shorten(question)] * len(windows),
            [window.text for window in windows],
            truncation="only_second",
            max_length=self.settings.max_tokens,
            stride=self.settings.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        for i, encoding in enumerate(encoded.encodings):
            yield _Row(request, windows[encoded["overflow_to_sample_mapping"][i]], encoding)

    def _shorten(self, question: str) -> str:
        """The question cut after its last token within the limit."""
        backend = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
        offsets = backend["offset_mapping"]
        limit = self.settings.max_question_tokens
        return question if len(offsets) <= limit else question[: offsets[limit - 1][1]]

    def _batches(self, order: list[int], rows: list[_Row]) -> Iterator[list[int]]:
        batch: list[int] = []
        for i in order:
            width = len(rows[batch[0]].encoding.ids) if batch else 0
            if batch and width * (len(batch) + 1) > self.settings.batch_tokens:
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def _forward(self, rows: list[_Row]) -> Iterator[WindowLogits]:
        import torch

        width = max(len(row.encoding.ids) for row in rows)
        shape = (len(rows), width)
        ids = np.full(shape, self._tokenizer.pad_token_id, dtype=np.int64)
        mask, types = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for i, row in enumerate(rows):
            n = len(row.encoding.ids)
            ids[i, :n], mask[i, :n], types[i, :n] = row.encoding.ids, 1, row.encoding.type_ids
        inputs = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._tokenizer.model_input_names:
            inputs["token_type_ids"] = types
        device = self._model.device
        with torch.inference_mode():
            output = self._model(**{key: torch.from_numpy(v).to(device) for key, v in inputs.items()})
        start, end = output.start_logits.float().cpu().numpy(), output.end_logits.float().cpu().numpy()
        for i, row in enumerate(rows):
            yield _window_logits(row, start[i], end[i])


def _window_logits(row: _Row, start: Any, end: Any) -> WindowLogits:
    """Cut the padding off and move the offsets into the article."""
    n = len(row.encoding.ids)
    offsets = np.array(row.encoding.offsets, dtype=np.int64).reshape(n, 2)
    in_window = np.array([part == 1 for part in row.encoding.sequence_ids], dtype=np.bool_)
    in_window &= offsets[:, 1] > offsets[:, 0]
    null = float(start[0]) + float(end[0])
    return WindowLogits(start[:n], end[:n], null, offsets + row.window.start, in_window)


def load_reader(name: str, settings: ReaderSettings) -> Reader:
    """Open a reader: a weights folder with a manifest, another folder, or a hub name.

    Raises BundleError for a damaged bundle, ModelError when it cannot be opened or has no fast tokenizer.
    """
    folder = Path(name)
    bundle = open_bundle(folder, "reader") if (folder / MANIFEST).is_file() else None
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": folder.is_dir(), "trust_remote_code": False}
    try:
        tokenizer = load_saved_tokenizer(name, AutoTokenizer.from_pretrained(name, **options), folder.is_dir())
        model = AutoModelForQuestionAnswering.from_pretrained(
            name, dtype=torch.float32, use_safetensors=True, **options
        )
    except BundleError:
        raise
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ModelError(
            f"reader {name!r} could not be opened: {reason}; "
            "expected a question-answering model's folder or a hub name that can be reached"
        ) from error
    if not tokenizer.is_fast:
        raise ModelError(f"reader {name!r} has no fast tokenizer, so no character offsets; choose another")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    identity = name if bundle is None else bundle.fingerprint
    return Reader(model.eval().to(device), tokenizer, settings, identity, folder.name)
