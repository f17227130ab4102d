"""Text in, vectors and hits out: offset-exact passages, a sentence encoder, a FAISS index."""

from embeddings.encoder import EncoderSource, SentenceTransformerEncoder, load_encoder
from embeddings.errors import BundleError, EmbeddingError, EncoderError, VectorIndexError
from embeddings.index import IndexKey, PassageIndex, load_or_build_index
from embeddings.passages import split_paragraphs, split_passages, split_sentences
from embeddings.types import Encoder, Hit, Passage, PassageSettings

__all__ = [
    "BundleError",
    "EmbeddingError",
    "Encoder",
    "EncoderError",
    "EncoderSource",
    "Hit",
    "IndexKey",
    "Passage",
    "PassageIndex",
    "PassageSettings",
    "SentenceTransformerEncoder",
    "VectorIndexError",
    "load_encoder",
    "load_or_build_index",
    "split_paragraphs",
    "split_passages",
    "split_sentences",
]
