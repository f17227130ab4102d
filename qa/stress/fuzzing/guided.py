"""The same properties guided by coverage: atheris changes bytes, hypothesis makes an input of them.

atheris runs in a process of its own, which never returns; what it finds is shrunk here.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import tempfile
import types
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import Phase
from hypothesis.database import DirectoryBasedExampleDatabase

from qa.stress.fuzzing.properties import Property
from qa.stress.fuzzing.trial import Failure, Outcome, Trial, make_test

_LONGEST = 4096
"""Bytes of an input, of which hypothesis makes about a number for each."""
_N_BEGINNINGS = 64
_TALLY, _LOG, _FOUND = "tally.json", "log.txt", "found"


def try_atheris(tried: Property, n: int, number: int) -> Outcome:
    """At least n inputs found by coverage from this seed, or as many as it takes to fail."""
    with tempfile.TemporaryDirectory(prefix="dispatch-qa-atheris-") as name:
        folder = Path(name)
        process = multiprocessing.get_context("fork").Process(target=_fuzz, args=(tried, n, number, folder))
        process.start()
        process.join()
        failure = None if process.exitcode == 0 else _find_failure(tried, folder, process.exitcode)
        tally = folder / _TALLY
        known = json.loads(tally.read_text(encoding="utf-8")) if tally.is_file() else asdict(Trial(tried).outcome())
        return Outcome(**{**known, "failure": failure})


def _find_failure(tried: Property, folder: Path, status: int | None) -> Failure:
    """The smallest input that fails as the one that was found; the end of the log where none was kept."""
    trial = Trial(tried)
    database = DirectoryBasedExampleDatabase(folder / _FOUND)
    try:
        make_test(trial, tried, (Phase.reuse, Phase.shrink), database=database)()
    except Exception:
        if trial.failure is not None:
            return trial.failure
        raise
    log = (folder / _LOG).read_text(encoding="utf-8", errors="replace")[-2000:]
    return Failure("the process ended by itself", f"exit status {status}\n{log}")


def _fuzz(tried: Property, n: int, number: int, folder: Path) -> None:
    """What the process does: it ends with 0 after n inputs, with 1 at the first that fails."""
    import atheris

    log = os.open(folder / _LOG, os.O_WRONLY | os.O_CREAT)
    for output in (1, 2):
        os.dup2(log, output)
    for function in find_functions():
        atheris.instrument_func(function)
    trial = Trial(tried)
    test: Any = make_test(trial, tried, (), database=DirectoryBasedExampleDatabase(folder / _FOUND))
    run = test.hypothesis.fuzz_one_input

    def stop(status: int) -> None:
        (folder / _TALLY).write_text(json.dumps(asdict(trial.outcome())), encoding="utf-8")
        os._exit(status)

    def try_bytes(raw: bytes) -> None:
        try:
            run(raw)
        except Exception:
            stop(1)
        if trial.n >= n:
            stop(0)

    _write_beginnings(folder / "corpus", number)
    options = [f"-seed={number + 1}", f"-max_len={_LONGEST}", "-len_control=0", "-timeout=60"]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], try_bytes)
    atheris.Fuzz()


def _write_beginnings(folder: Path, number: int) -> None:
    """Random bytes to begin with: of none hypothesis can make nothing."""
    folder.mkdir()
    source = random.Random(number)
    for i in range(_N_BEGINNINGS):
        (folder / str(i)).write_bytes(source.randbytes(source.randrange(64, _LONGEST)))


def find_functions() -> Iterator[types.FunctionType]:
    """Every function and method of the project that is loaded, but for these scripts."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("qa", "embeddings") and not name.startswith("qa.stress"):
            for one in list(vars(module).values()):
                if getattr(one, "__module__", None) == name:
                    yield from _unwrap(one)


def _unwrap(found: Any) -> Iterator[types.FunctionType]:
    """The function itself, or a class's own."""
    if isinstance(found, type):
        for member in vars(found).values():
            yield from _unwrap(member)
    elif isinstance(found, classmethod | staticmethod):
        yield from _unwrap(found.__func__)
    elif isinstance(found, property):
        yield from _unwrap(found.fget)
    elif isinstance(found, types.FunctionType):
        yield found
