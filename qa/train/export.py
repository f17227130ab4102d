"""Write the reader that ships."""

from __future__ import annotations

from pathlib import Path

from embeddings.train.backbone import BACKBONE_SHA256
from embeddings.train.export import export
from embeddings.train.questions import LICENCES

NAME = "compact-reader"
TRAINING_DATA = {
    **LICENCES,
    "QAMR, Wikipedia and Wikinews sentences": "MIT",
    "what the encoder it starts from was trained on": "see embeddings/weights/manifest.json",
}


def export_reader(init: Path, output: Path, commands: list[str], seed: int) -> None:
    """Half-precision bundle of a trained reader, not calibrated yet."""
    details = {
        "parents": {"sentence-transformers/all-MiniLM-L6-v2": BACKBONE_SHA256},
        "licence": "Apache-2.0",
        "data": TRAINING_DATA,
        "commands": commands,
        "seed": seed,
    }
    export(init, output, "reader", NAME, details)
