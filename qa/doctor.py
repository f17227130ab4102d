"""Is this installation whole? Each check is one line, and says what to do where it fails.

Libraries are imported inside the checks, so that one which is missing fails its line and not the program.
"""

from __future__ import annotations

import importlib
import io
import os
import platform
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from embeddings.bundle import Kind, open_bundle
from embeddings.errors import BundleError, first_line
from embeddings.openvino_runtime import import_openvino
from qa.calibration import CALIBRATION_FILE, load_calibration
from qa.config import PROFILES, Profile
from qa.errors import DispatchError

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
DISTRIBUTION = "dispatch-qa"
INSTALL = "pip install -e . in a fresh virtual environment"
IMPORTED = ("faiss", "openvino", "tokenizers", "pypdf", "docx", "lxml")
"""What an answer, and an article in PDF or Word, need: named as they are imported."""
QUESTION = "Où aura lieu le sommet ?"
_CALLS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, whether it is as it should be, what was found, what to do if not."""

    name: str
    passed: bool
    found: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{'ok  ' if self.passed else 'FAIL'}  {self.name}: {self.found}"
        return line if self.passed else f"{line}; {self.advice}"


class _Watch:
    """Refuses calls to the network while it is on, and keeps whom they were for."""

    def __init__(self) -> None:
        self.is_on = False
        self.called: list[str] = []
        self._is_set = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """On for a while. An audit hook cannot be taken out again, so there is one, which is told."""
        if not self._is_set:
            sys.addaudithook(self._hook)
            self._is_set = True
        self.called.clear()
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False

    def _hook(self, event: str, details: tuple[object, ...]) -> None:
        if not self.is_on or event not in _CALLS:
            return
        address = details[1] if event in ("socket.connect", "socket.sendto") else details[0]
        if isinstance(address, str | bytes) and event in ("socket.connect", "socket.sendto"):
            return  # the path of a Unix socket
        self.called.append(str(address[0] if isinstance(address, tuple) else address))
        raise ConnectionRefusedError("no network while the installation is checked")


_watch = _Watch()


def check_python(requires: str) -> Check:
    """Is this Python in the range of versions that the project names?"""
    from packaging.specifiers import SpecifierSet

    found = platform.python_version()
    passed = SpecifierSet(requires).contains(found, prereleases=True)
    return Check("Python", passed, f"{found}, {requires} is asked for", "make a virtual environment with such a Python")


def check_libraries(requirements: list[str]) -> Check:
    """Is each library there, in the range of versions that the project names?"""
    from packaging.requirements import Requirement

    wrong = []
    for requirement in map(Requirement, requirements):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} {found} is not {requirement.specifier}")
    if wrong:
        return Check("libraries", False, ", ".join(wrong), INSTALL)
    return Check("libraries", True, f"{len(requirements)} in the versions asked for")


def check_imports(names: tuple[str, ...] = IMPORTED) -> Check:
    """Can the search, the models' libraries and the parsers be imported?"""
    wrong = []
    for name in names:
        try:
            import_openvino() if name == "openvino" else importlib.import_module(name)
        except Exception as error:  # a library built for another machine may raise anything
            wrong.append(f"{name} ({first_line(error)})")
    if wrong:
        return Check("imports", False, f"cannot be imported: {', '.join(wrong)}", INSTALL)
    return Check("imports", True, ", ".join(names))


def check_documents() -> Check:
    """Is the text of a Word file read, in a process of its own?"""
    from docx import Document

    from qa.article import article_from_bytes

    document, out = Document(), io.BytesIO()
    document.add_paragraph(QUESTION)
    document.save(out)
    advice = "let this program start another one, with a gigabyte of memory, or paste texts instead"
    try:
        found = article_from_bytes(out.getvalue(), "a.docx").text
    except DispatchError as error:
        return Check("documents", False, str(error), advice)
    return Check("documents", found == QUESTION, "Word files and PDFs are read apart", advice)


def check_weights(folder: Path, kind: Kind) -> Check:
    """Is each file of a weights folder the one that its manifest names?"""
    try:
        bundle = open_bundle(folder, kind)
    except BundleError as error:
        advice = f"git checkout -- {folder}, or install anew"
        if CALIBRATION_FILE in str(error):
            advice += "; where calibrate was stopped, run it again"
        return Check(f"{kind} weights", False, str(error), advice)
    return Check(f"{kind} weights", True, f"{bundle.name}, {bundle.fingerprint[:12]}, as its manifest says")


def check_calibration(folder: Path) -> Check:
    """Has the reader a calibration that was fitted?"""
    advice = f"git checkout -- {folder}, or python -m qa calibrate FILE"
    try:
        found = load_calibration(folder)
    except DispatchError as error:
        return Check("calibration", False, str(error), advice)
    if not found.n_questions:
        return Check("calibration", False, f"none in {folder}", advice)
    return Check("calibration", True, f"fitted on {found.n_questions:,} questions")


def check_answer(profile: Profile) -> Check:
    """Is a question on the seed answered with words of the seed, at the place that is told?"""
    from qa.pipeline import ArticleQA

    advice = "mend what failed above; if nothing did, install anew"
    opened = ArticleQA.load(None, profile)
    answer = opened.ask(QUESTION, threshold=0.0)
    text = opened.article.text
    if not answer.text or text[answer.start : answer.end] != answer.text or not 0 <= answer.confidence <= 1:
        found = f"{QUESTION!r} gave {answer.text!r} at {answer.start}, confidence {answer.confidence}"
        return Check("a question", False, f"{found}, expected words of the article", advice)
    place = f"characters {answer.start} to {answer.end} of {opened.article.name}"
    return Check("a question", True, f"{QUESTION!r}: {answer.text!r}, {place}, {answer.timing.total_ms:.0f} ms")


def check_folder(name: str, folder: Path) -> Check:
    """Can a file be written there? It is taken away again."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"dispatch")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        found = f"{folder} cannot be written ({error.strerror or error})"
        return Check(name, False, found, "make room, or allow writing there")
    return Check(name, True, f"{folder} can be written")


def _check_network() -> Check:
    if _watch.called:
        found = f"asked for {', '.join(sorted(set(_watch.called)))}"
        return Check("network", False, found, "report it, and set HF_HUB_OFFLINE=1 meanwhile")
    return Check("network", True, "nobody was called")


def _read_requirements() -> tuple[str, list[str]]:
    """Ranges of Python and of the libraries: of pyproject.toml beside the code, else of what was installed."""
    if PROJECT.is_file():
        project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
        return project["requires-python"], project["dependencies"]
    found = metadata.metadata(DISTRIBUTION)
    return found["Requires-Python"], list(metadata.requires(DISTRIBUTION) or ())


def _checks(profile: Profile) -> Iterator[tuple[str, Callable[[], Check]]]:
    reader = Path(profile.reader)
    yield "Python", lambda: check_python(_read_requirements()[0])
    yield "libraries", lambda: check_libraries(_read_requirements()[1])
    yield "imports", check_imports
    yield "documents", check_documents
    yield "encoder weights", lambda: check_weights(Path(profile.encoder.name), "encoder")
    yield "reader weights", lambda: check_weights(reader, "reader")
    yield "calibration", lambda: check_calibration(reader)
    yield "a question", lambda: check_answer(profile)
    yield "network", _check_network
    yield "temporary files", lambda: check_folder("temporary files", Path(tempfile.gettempdir()))
    yield "this folder", lambda: check_folder("this folder", Path.cwd())


def examine(profile: Profile = PROFILES["compact"]) -> Iterator[Check]:
    """All checks, each as it is done; the network is refused meanwhile."""
    with _watch.watching():
        for name, check in _checks(profile):
            try:
                yield check()
            except Exception as error:  # whatever is broken, the checks after it are still made
                yield Check(name, False, f"{type(error).__name__}: {first_line(error)}", INSTALL)
