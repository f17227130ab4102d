"""The doctor says of a whole installation that it is whole, and of a broken one what is broken."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
from fakes import Plant, PlantedReader, fake_models

from embeddings.encoder import EncoderSource
from qa.calibration import CALIBRATION_FILE
from qa.cli import main
from qa.config import COMPACT_READER, PROFILES, Profile
from qa.doctor import QUESTION, check_folder, check_imports, check_libraries, check_python, examine
from qa.pipeline import Models

ROOT = Path(__file__).resolve().parents[1]
NAMES = [
    *("Python", "libraries", "imports", "documents", "encoder weights", "reader weights", "calibration"),
    *("a question", "network", "temporary files", "this folder"),
]


def find_failures(profile: Profile) -> dict[str, str]:
    """The lines of the checks that failed, by name."""
    checks = list(examine(profile))
    assert [check.name for check in checks] == NAMES
    assert not [check for check in checks if "\n" in str(check)]
    return {check.name: str(check) for check in checks if not check.passed}


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that answer at once in place of those that ship, whose libraries need not be imported."""
    found = fake_models(PlantedReader({QUESTION: Plant("Bruxelles")}))
    monkeypatch.setattr(Models, "load", classmethod(lambda cls, models="compact": found))
    monkeypatch.setattr(sys.modules["qa.doctor"], "check_imports", lambda: check_imports(("faiss",)))


def test_the_models_that_ship_are_found_whole(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("FAIL")] == []
    assert status == 0
    assert len(lines) == len(NAMES) + 1


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("kind", ["encoder", "reader"])
@pytest.mark.parametrize("damage", ["flipped", "missing"])
def test_damaged_weights_are_named(kind: str, damage: str, tmp_path: Path) -> None:
    profile = PROFILES["compact"]
    folder = tmp_path / kind
    shutil.copytree(profile.encoder.name if kind == "encoder" else profile.reader, folder)
    path = folder / "config.json"
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"{", b"[", 1))
    encoder = EncoderSource(str(folder)) if kind == "encoder" else profile.encoder
    reader = str(folder) if kind == "reader" else profile.reader
    failures = find_failures(replace(profile, encoder=encoder, reader=reader))
    assert list(failures) == [f"{kind} weights"]
    assert str(path) in failures[f"{kind} weights"]
    assert "install anew" in failures[f"{kind} weights"]


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("content", [None, "{"])
def test_a_calibration_that_is_missing_or_damaged_is_named(content: str | None, tmp_path: Path) -> None:
    shutil.copy(COMPACT_READER / "manifest.json", tmp_path)
    if content is not None:
        (tmp_path / CALIBRATION_FILE).write_text(content, encoding="utf-8")
    failures = find_failures(replace(PROFILES["compact"], reader=str(tmp_path)))
    assert str(tmp_path) in failures["calibration"]


def test_damaged_weights_are_no_answer_and_the_checks_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(PROFILES["compact"], encoder=EncoderSource(str(tmp_path)), reader=str(tmp_path))
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(sys.modules["qa.doctor"], "check_imports", lambda: check_imports(("faiss",)))
    assert set(find_failures(broken)) == {"encoder weights", "reader weights", "calibration", "a question"}
    monkeypatch.setattr(sys.modules["qa.doctor"], "examine", lambda: examine(broken))
    assert main(["doctor"]) == 1
    assert "4 of these are wrong" in capsys.readouterr().out


def test_a_library_that_is_missing_or_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"numpy": "1.26.0", "pypdf": "6.1"}

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    check = check_libraries(["numpy>=2,<3", "pypdf>=6,<8", "faiss-cpu>=1.15,<2", 'mcp>=1; extra == "mcp"'])
    assert not check.passed
    assert "numpy 1.26.0 is not <3,>=2, faiss-cpu is missing" in str(check)
    assert "pip install" in str(check)


def test_a_module_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    check = check_imports(("json", "pypdf"))
    assert not check.passed
    assert "pypdf (" in check.found
    assert "json" not in check.found.split(":")[1].split("(")[0]


def test_another_python_is_named() -> None:
    assert not check_python(">=3.99").passed
    assert check_python(">=3.11").passed


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("call", ["connect", "look up", "send"])
def test_a_call_to_the_network_is_refused_and_told(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = Models.load

    def load(models: object) -> Models:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            if call == "connect":
                opened.connect(("192.0.2.1", 9))
            elif call == "send":
                opened.sendto(b"x", ("192.0.2.1", 9))
            else:
                socket.getaddrinfo("192.0.2.1", 9)
        return planned()

    monkeypatch.setattr(Models, "load", load)
    failures = find_failures(PROFILES["compact"])
    assert "no network while" in failures["a question"]
    assert "asked for 192.0.2.1" in failures["network"]
    socket.getaddrinfo("127.0.0.1", 9)  # afterwards the network is free again


@pytest.mark.usefixtures("planned")
def test_words_that_are_not_the_articles_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.pipeline import ArticleQA

    right = ArticleQA.ask
    monkeypatch.setattr(ArticleQA, "ask", lambda self, q, threshold: replace(right(self, q), text="Paris-Nord"))
    assert "'Paris-Nord'" in find_failures(PROFILES["compact"])["a question"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert check_folder("this folder", tmp_path).passed
    assert list(tmp_path.iterdir()) == []
    check = check_folder("this folder", tmp_path / "none")
    assert str(check).startswith("FAIL  this folder: ")
    assert "cannot be written (No such file or directory)" in str(check)


@pytest.mark.usefixtures("planned")
def test_a_machine_that_reads_no_document_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/none/python")
    failures = find_failures(PROFILES["compact"])
    assert list(failures) == ["documents"]
    assert "no process to read it in" in failures["documents"]
    assert "paste texts instead" in failures["documents"]


@pytest.mark.usefixtures("planned")
def test_a_calibration_saved_by_half_is_told_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(COMPACT_READER, folder)
    path = folder / CALIBRATION_FILE
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    failures = find_failures(replace(PROFILES["compact"], reader=str(folder)))
    assert list(failures) == ["reader weights"]
    assert "where calibrate was stopped, run it again" in failures["reader weights"]


WATCHED = """
import os, sys
written = []
def hook(event, details):
    if event == "open" and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(details[0]) != os.devnull:
        written.append(str(details[0]))
    if event in ("os.mkdir", "os.rename", "os.link", "os.symlink"):
        written.append(str(details[0]))
sys.addaudithook(hook)
from qa.cli import main
status = main(["ask", sys.argv[1]])
print(*written, sep="\\n", file=sys.stderr)
sys.exit(status)
"""


def test_a_question_is_answered_where_nothing_may_be_written() -> None:
    """No cache, no file of a library, no temporary one: a home and a temporary folder that cannot be made."""
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "HF_HOME"), "/proc/none")
    environment = {**os.environ, **places, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", WATCHED, QUESTION]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert (ran.returncode, ran.stderr.strip()) == (0, "")
    assert ran.stdout.startswith("Bruxelles\n")
