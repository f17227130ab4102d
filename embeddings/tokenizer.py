"""Tokenizers as their files have them, and without the limits that encoding leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder's tokenizer.json, without limits. Raises ValueError when there is none."""
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"tokenizer.json: {error}") from None
    found.no_truncation()
    found.no_padding()
    return found


def copy_tokenizer(backend: Tokenizer) -> Tokenizer:
    """A copy that reads whole texts: encoding leaves its length limit and padding set in the model's own."""
    copied = type(backend).from_str(backend.to_str())
    copied.no_truncation()
    copied.no_padding()
    return copied


def load_saved_tokenizer(name: str, built: Any, is_local: bool) -> Any:
    """The tokenizer of a folder or hub name as its tokenizer.json has it.

    transformers 5 builds `built` anew by its class, with that class's own normaliser, so that a model
    trained with another one would be given other tokens. `built` itself where there is no such file.
    """
    from transformers import PreTrainedTokenizerFast
    from transformers.utils.hub import cached_file

    saved = cached_file(
        name,
        "tokenizer.json",
        local_files_only=is_local,
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
    )
    if saved is None:
        return built
    return PreTrainedTokenizerFast.from_pretrained(
        name,
        local_files_only=is_local,
        model_input_names=built.model_input_names,
        model_max_length=built.model_max_length,
    )
