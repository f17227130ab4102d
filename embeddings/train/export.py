"""Turn a trained folder into the weights that ship: half precision, manifest, model card."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from embeddings.bundle import Kind, write_manifest

KEPT = ("*.json", "1_Pooling/*", "2_Normalize/*")
DROPPED = ("lexicon.json", "report.json", "manifest.json", "training_args.bin")


def halve(source: Path, target: Path) -> None:
    """Copy a safetensors file with every float tensor in half precision."""
    import torch
    from safetensors.torch import load_file, save_file

    tensors = load_file(source)
    halved = {name: t.half().contiguous() if t.dtype == torch.float32 else t for name, t in tensors.items()}
    save_file(halved, target, metadata={"format": "pt"})


def export(init: Path, output: Path, kind: Kind, name: str, details: dict[str, Any]) -> None:
    """Write `init`'s model to `output` as a bundle; a model card that is already there stays."""
    output.mkdir(parents=True, exist_ok=True)
    for pattern in KEPT:
        for path in init.glob(pattern):
            if path.is_file() and path.name not in DROPPED:
                target = output / path.relative_to(init)
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, target)
    halve(init / "model.safetensors", output / "model.safetensors")
    write_manifest(output, kind, name, details)
