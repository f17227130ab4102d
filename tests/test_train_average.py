"""Averaged weights: the sum of the parts, and no other tensors."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from qa.train.average import WEIGHTS_FILE, average_readers


def write_reader(folder: Path, value: float, name: str = "w") -> Path:
    folder.mkdir()
    save_file({name: torch.full((2, 2), value, dtype=torch.float16)}, folder / WEIGHTS_FILE)
    for beside in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (folder / beside).write_text(f'{{"of": "{folder.name}"}}', encoding="utf-8")
    return folder


def test_each_weight_is_the_sum_of_its_shares(tmp_path: Path) -> None:
    first, second = write_reader(tmp_path / "a", 1.0), write_reader(tmp_path / "b", 3.0)
    average_readers([first, second], [0.25, 0.75], tmp_path / "out")
    found = load_file(tmp_path / "out" / WEIGHTS_FILE)["w"]
    assert found.dtype == torch.float32
    assert found.tolist() == [[2.5, 2.5], [2.5, 2.5]]
    assert '"a"' in (tmp_path / "out" / "config.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.6], [0.5, 0.5, 0.0]])
def test_shares_that_do_not_fit_are_refused(tmp_path: Path, shares: list[float]) -> None:
    folders = [write_reader(tmp_path / "a", 1.0), write_reader(tmp_path / "b", 3.0)]
    with pytest.raises(ValueError, match="1 in sum"):
        average_readers(folders, shares, tmp_path / "out")


def test_readers_of_another_kind_are_refused(tmp_path: Path) -> None:
    folders = [write_reader(tmp_path / "a", 1.0), write_reader(tmp_path / "b", 3.0, "other")]
    with pytest.raises(ValueError, match="differ in name"):
        average_readers(folders, [0.5, 0.5], tmp_path / "out")
