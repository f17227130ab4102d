"""Average the weights of readers of one descent (Wortsman et al. 2022, "Model soups")."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

WEIGHTS_FILE = "model.safetensors"
_BESIDE = ("config.json", "tokenizer.json", "tokenizer_config.json")


def average_readers(folders: Sequence[Path], shares: Sequence[float], output: Path) -> None:
    """Write to `output` the sum of the readers' weights, each times its share; shares sum to 1.

    The tokenizer and the settings are the first folder's. Raises ValueError where the numbers or the
    tensors' names do not match.
    """
    import torch
    from safetensors.torch import load_file, save_file

    if len(folders) != len(shares) or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"{len(folders)} readers and shares {list(shares)}; expected one share each, 1 in sum")
    loaded = [load_file(folder / WEIGHTS_FILE) for folder in folders]
    if any(tensors.keys() != loaded[0].keys() for tensors in loaded):
        raise ValueError(f"the tensors of {', '.join(map(str, folders))} differ in name; average readers of one kind")
    mixed = {
        name: torch.stack([share * tensors[name].float() for share, tensors in zip(shares, loaded, strict=True)]).sum(0)
        for name in loaded[0]
    }
    output.mkdir(parents=True, exist_ok=True)
    save_file(mixed, output / WEIGHTS_FILE, metadata={"format": "pt"})
    for name in _BESIDE:
        shutil.copyfile(folders[0] / name, output / name)
