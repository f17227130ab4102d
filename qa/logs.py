"""What a person sees on standard error: our own notices, one line each, and no library's loading bars."""

from __future__ import annotations

import logging
import os


def quiet_libraries() -> None:
    """Silence the model libraries' progress bars and advice; call before they are imported."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a damaged file holds pieces of it
    for handler in logging.getLogger().handlers:  # a library may lower the level of its own logger
        handler.setLevel(logging.WARNING)
