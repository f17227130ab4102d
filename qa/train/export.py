"""Write the reader that ships."""

from __future__ import annotations

from pathlib import Path

from embeddings.train.backbone import BACKBONE_SHA256
from embeddings.train.export import export

NAME = "compact-reader"
TRAINING_DATA = {
    "fictional dispatches (seeds/dispatches, seeds/more_dispatches, training parts)": "CC BY 4.0",
    "PIAF 1.1, training articles, and their questions in English": "MIT",
    "SQuAD 1.1 and 2.0 dev articles not kept for development, first articles of SQuAD 1.1 train": "CC BY-SA 4.0",
    "SQuADShifts new Wikipedia questions": "text CC BY-SA, none stated for the questions",
    "QAMR, Wikipedia and Wikinews sentences": "MIT",
    "AfriQA French": "CC BY 4.0",
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
