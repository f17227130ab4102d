"""The project's own commands, with the models that ship, as work that is killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from qa.article import SEED
from qa.errors import DispatchError
from qa.stress.killed_work import PREDICTIONS, read_all
from qa.stress.killing import require

_QUESTIONS = ("Where is the summit?", "Où aura lieu le sommet ?", "Qui a demandé la mission ?", "Why did NTM-I end?")


class CommandWork:
    """A command that writes into `--output`; `compared` are the files there that are always the same."""

    def __init__(self, folder: Path, name: str, arguments: Sequence[str], compared: Sequence[str]) -> None:
        self.name = f"{name}, shipped models"
        self.folder = folder
        self._output = folder / "output"
        self._arguments = (sys.executable, "-m", "qa", name, *arguments, "--output")
        self._compared = compared
        self._run(folder / "whole")
        self._whole = read_all(folder / "whole", compared)

    def _run(self, output: Path) -> None:
        ran = subprocess.run([*self._arguments, str(output)], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise DispatchError(f"{' '.join(self._arguments)} failed: {ran.stderr[-300:]}")

    def begin(self) -> None:
        """Begin anew."""
        shutil.rmtree(self._output, ignore_errors=True)
        for path in self.folder.glob(".output.*"):
            shutil.rmtree(path)

    def do(self) -> None:
        """The command takes the process's place."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in (1, 2):
            os.dup2(nowhere, output)
        os.execv(sys.executable, [*self._arguments, str(self._output)])

    def check(self) -> None:
        """The same command goes on and ends with the same bytes."""
        self._run(self._output)
        require(read_all(self._output, self._compared) == self._whole, "the command ends with the same bytes")


def index_command(folder: Path) -> CommandWork:
    """`python -m qa index`."""
    files = ("index.faiss", "passages.json", "index.json")
    return CommandWork(folder, "index", ("--article", str(SEED)), files)


def evaluate_command(folder: Path) -> CommandWork:
    """`python -m qa evaluate --resume`."""
    questions = folder / "questions.jsonl"
    questions.write_text("".join(json.dumps({"question": q}) + "\n" for q in _QUESTIONS), encoding="utf-8")
    return CommandWork(folder, "evaluate", (str(questions), "--resume"), PREDICTIONS)
