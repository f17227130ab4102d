"""BERT on a CPU without torch: a folder's safetensors as an OpenVINO graph, whole numbers or not."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError, safe_open

from embeddings.bundle import MANIFEST
from embeddings.graph import BertShape, build_graph
from embeddings.openvino_runtime import import_openvino
from embeddings.types import Backend, FloatArray

BATCH_TOKENS = 2048
"""A batch larger than this gains nothing on a laptop's cores and leaves their caches."""
LEAST_FULL = 0.9
"""Rows share a batch when the shortest has at least this part of the longest's tokens."""
COMPILE_OPTIONS = {
    "PERFORMANCE_HINT": "LATENCY",
    "ENABLE_CPU_PINNING": False,
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": "64",
    "INFERENCE_PRECISION_HINT": "f32",
}
"""How OpenVINO runs a graph: pinned threads would have two processes wait for the same core."""
_MASKED = np.float32(-1e9)


class Row(Protocol):
    """One tokenised text, or pair of texts: what the `tokenizers` library calls an encoding."""

    @property
    def ids(self) -> list[int]: ...

    @property
    def type_ids(self) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Tables:
    """What a token's vector is the sum of: its word's [n_words, width], its place's and its part's.

    The words stay in the file's precision, which is exact, half as large, and read a few rows at a time.
    """

    words: Any
    places: FloatArray
    parts: FloatArray


class Bert:
    """A BERT and, where it was opened with one, its linear head."""

    def __init__(self, compiled: Any, tables: Tables) -> None:
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()  # a request runs one batch at a time
        self.tables = tables

    @property
    def width(self) -> int:
        """Width of a token's vector."""
        return int(self.tables.words.shape[1])

    @property
    def n_places(self) -> int:
        """Tokens of the longest text that it can read."""
        return len(self.tables.places)

    def run(self, rows: Sequence[Row]) -> list[FloatArray]:
        """The output [n_tokens, width] of each row, in order: last layer, or what the head makes of it.

        Rows of about the same length run together, so that hardly anything is padding.
        """
        lengths = [len(row.ids) for row in rows]
        found: dict[int, FloatArray] = {}
        for batch in batches(lengths):
            tokens, mask = self._embed([rows[i] for i in batch], lengths[batch[0]])
            with self._lock:
                self._request.infer([tokens, mask], share_inputs=True)
                output = self._request.get_output_tensor(0).data
                found |= {i: output[place, : lengths[i]].copy() for place, i in enumerate(batch)}
        return [found[i] for i in range(len(rows))]

    def _embed(self, rows: Sequence[Row], length: int) -> tuple[FloatArray, FloatArray]:
        """Vectors [n, length, width] of the rows' tokens, and the mask [n, 1, 1, length] of what is none."""
        tokens = np.zeros((len(rows), length, self.width), dtype=np.float32)
        mask = np.zeros((len(rows), 1, 1, length), dtype=np.float32)
        tables = self.tables
        for i, row in enumerate(rows):
            n = len(row.ids)
            np.add(tables.words[row.ids], tables.places[:n], out=tokens[i, :n])
            tokens[i, :n] += tables.parts[row.type_ids]
            mask[i, :, :, n:] = _MASKED
        return tokens, mask


def batches(
    lengths: Sequence[int], most_tokens: int = BATCH_TOKENS, least_full: float = LEAST_FULL
) -> Iterator[list[int]]:
    """Places of all rows, longest first, in batches of at most `most_tokens` tokens, padding counted, whose
    shortest row has at least `least_full` of the longest's tokens."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        longest = lengths[batch[0]] if batch else 0
        if batch and (longest * (len(batch) + 1) > most_tokens or lengths[i] < least_full * longest):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def chooses_int8(folder: Path, backend: Backend) -> bool:
    """Whether `backend` means whole numbers for this folder: "auto" does for weights that ship, of which
    it is known what that costs."""
    return backend == "int8" or (backend == "auto" and (folder / MANIFEST).is_file())


def mark_identity(identity: str, int8: bool) -> str:
    """A model's fingerprint, another one where its layers are whole numbers: other scores come of them."""
    return hashlib.sha256(f"{identity}\nint8".encode()).hexdigest() if int8 else identity


def open_bert(folder: Path, int8: bool, head: str | None = None) -> Bert | None:
    """The BERT in a model's folder; None where it holds another model, or openvino is not installed.

    Raises OSError, ValueError, KeyError or SafetensorError where its weights are missing or damaged.
    """
    config = _read_config(folder)
    if config is None or importlib.util.find_spec("openvino") is None:
        return None
    with safe_open(folder / "model.safetensors", framework="numpy") as file:
        names = set(file.keys())
        prefix = "bert." if "bert.embeddings.LayerNorm.weight" in names else ""

        def tensors(name: str) -> FloatArray:
            full = name if name in names else prefix + name
            if full not in names:
                raise KeyError(f"the weights have no {name}")
            found: FloatArray = np.asarray(file.get_tensor(full), dtype=np.float32)
            return found

        words = file.get_tensor(f"{prefix}embeddings.word_embeddings.weight")
        tables = Tables(
            words,
            tensors("embeddings.position_embeddings.weight"),
            tensors("embeddings.token_type_embeddings.weight"),
        )
        graph = build_graph(_shape(config), tensors, head, int8)
    return Bert(import_openvino().Core().compile_model(graph, "CPU", COMPILE_OPTIONS), tables)


def _shape(config: dict[str, Any]) -> BertShape:
    return BertShape(
        config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"], config["layer_norm_eps"]
    )


def _read_config(folder: Path) -> dict[str, Any] | None:
    """The configuration of a plain BERT encoder; None where the folder has none or it is of another model."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    wanted = {"model_type": "bert", "hidden_act": "gelu"}
    is_plain = isinstance(config, dict) and all(config.get(key) == value for key, value in wanted.items())
    if not is_plain or config.get("is_decoder") or config.get("add_cross_attention"):
        return None
    return config if config.get("position_embedding_type", "absolute") == "absolute" else None


WEIGHT_ERRORS = (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError)
"""What opening damaged weights raises."""
