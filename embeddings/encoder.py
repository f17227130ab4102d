"""An encoder by folder or hub name: the model's own graph where it has one, else sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.bert import WEIGHT_ERRORS, chooses_int8, mark_identity
from embeddings.bundle import MANIFEST, fingerprint, hash_folder_files, open_bundle
from embeddings.errors import EncoderError, first_line
from embeddings.graph_encoder import GraphEncoder, open_graph_encoder
from embeddings.text_encoder import TextEncoder
from embeddings.tokenizer import copy_tokenizer, load_saved_tokenizer
from embeddings.types import Backend, FloatArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

COMPACT_ENCODER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class EncoderSource:
    """Which encoder to open: a folder, or a hub name, and the prefixes it was trained with.

    A prefix left None is the one the model itself names, if any (E5 names none: "query: ", "passage: ").
    """

    name: str = str(COMPACT_ENCODER)
    query_prefix: str | None = None
    passage_prefix: str | None = None


class SentenceTransformerEncoder(TextEncoder):
    """An `Encoder` over a loaded sentence-transformers model."""

    def __init__(self, model: SentenceTransformer, fingerprint: str, name: str) -> None:
        super().__init__(copy_tokenizer(model.tokenizer.backend_tokenizer), fingerprint, name)
        self._model = model

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        width = self._model.get_embedding_dimension()
        if width is None:
            raise EncoderError(f"{self.name}: the model does not say how wide its vectors are")
        return width

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows [n, dimension] of questions; text past the model's length is not read."""
        return self._as_rows(self._model.encode_query(list(texts), **self._options(progress=False)), self.dimension)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        """Unit rows [n, dimension] of passages; text past the model's length is not read."""
        return self._as_rows(self._model.encode_document(list(texts), **self._options(progress)), self.dimension)

    def _word_table(self) -> Any:
        body: Any = self._model[0]
        return body.auto_model.get_input_embeddings().weight.detach().float().cpu().numpy()

    @staticmethod
    def _options(progress: bool) -> dict[str, Any]:
        return {"normalize_embeddings": True, "show_progress_bar": progress, "batch_size": 32}


def _prefixes(source: EncoderSource) -> dict[str, str]:
    """Prompts to hand to the model; none where the source names none and the model is not an E5."""
    is_e5 = "e5" in Path(source.name).name.lower().split("-")
    query = "query: " if source.query_prefix is None and is_e5 else source.query_prefix
    passage = "passage: " if source.passage_prefix is None and is_e5 else source.passage_prefix
    named = {"query": query, "document": passage}
    return {key: prefix for key, prefix in named.items() if prefix is not None}


def _identity(source: EncoderSource, prompts: dict[str, str]) -> str:
    """What the vectors depend on: file hashes of a folder, the name of a hub model, the prefixes."""
    folder = Path(source.name)
    if (folder / MANIFEST).is_file():
        content = open_bundle(folder, "encoder").fingerprint
    elif folder.is_dir():
        content = fingerprint(hash_folder_files(folder))
    else:
        content = source.name
    return hashlib.sha256(f"{content}\n{sorted(prompts.items())}".encode()).hexdigest()


def load_encoder(
    source: EncoderSource | None = None, backend: Backend = "auto"
) -> SentenceTransformerEncoder | GraphEncoder:
    """Open an encoder. A folder is read without any network; a hub name is downloaded once by the hub's
    own client. Raises BundleError for a damaged bundle, EncoderError when it cannot be opened."""
    chosen = EncoderSource() if source is None else source
    prompts = _prefixes(chosen)
    identity = _identity(chosen, prompts)
    try:
        found = _open_graph(Path(chosen.name), prompts, identity, backend)
        if found is None and backend in ("int8", "fp32"):
            raise ValueError(f"no BERT with the mean of its tokens, so {backend} does not run it")
        return _open_reference(chosen, prompts, identity) if found is None else found
    except WEIGHT_ERRORS as error:
        reason = first_line(error).rstrip(".")
        raise EncoderError(
            f"encoder {chosen.name!r} could not be opened: {reason}; "
            "expected a sentence-transformers folder or a hub name that can be reached"
        ) from error


def _open_graph(folder: Path, prompts: dict[str, str], identity: str, backend: Backend) -> GraphEncoder | None:
    if backend == "transformers" or not folder.is_dir():
        return None
    int8 = chooses_int8(folder, backend)
    return open_graph_encoder(folder, prompts, int8, mark_identity(identity, int8))


def _open_reference(chosen: EncoderSource, prompts: dict[str, str], identity: str) -> SentenceTransformerEncoder:
    import torch
    from sentence_transformers import SentenceTransformer

    is_local = Path(chosen.name).is_dir()
    model = SentenceTransformer(
        chosen.name,
        device="cuda" if torch.cuda.is_available() else "cpu",
        prompts=prompts or None,
        local_files_only=is_local,
        model_kwargs={"dtype": torch.float32, "use_safetensors": True},
        trust_remote_code=False,
    )
    model[0].processor = load_saved_tokenizer(chosen.name, model.tokenizer, is_local)
    return SentenceTransformerEncoder(model.eval(), identity, Path(chosen.name).name)
