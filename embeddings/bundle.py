"""A weights folder that ships: its manifest, and the check that every file is the one it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from embeddings.errors import BundleError
from embeddings.storage import UNFINISHED, write_whole

MANIFEST = "manifest.json"
FORMAT = 1
Kind = Literal["encoder", "reader"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened weights folder whose files were all there and unchanged.

    `fingerprint` is the sha256 over the manifest's file hashes; `settings` is the manifest's entry
    of that name.
    """

    path: Path
    kind: Kind
    name: str
    fingerprint: str
    settings: dict[str, Any]


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_folder_files(folder: Path) -> dict[str, str]:
    """sha256 of every file under `folder` but the manifest and the model card, by its relative name."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != UNFINISHED)
    names = sorted(p.relative_to(folder).as_posix() for p in files)
    return {name: hash_file(folder / name) for name in names if name not in (MANIFEST, "README.md")}


def fingerprint(files: dict[str, str]) -> str:
    """One sha256 for a set of named file hashes, whatever their order."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(f"{folder}: no {MANIFEST} there; expected a weights folder, reinstall it") from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read ({error}); restore the file") from None
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("files"), dict)
    ):
        raise BundleError(f"{path}: expected a manifest of format {FORMAT} with its files; restore the file")
    return manifest


def open_bundle(folder: Path, kind: Kind, unread: Collection[str] = ()) -> Bundle:
    """Open a weights folder of one kind and check the sha256 of each file its manifest names, but of those
    that are about to be written anew and so are `unread`.

    Raises BundleError naming the file that is missing, damaged, or not of the expected kind.
    """
    manifest = _read_manifest(folder)
    files, name, settings = manifest["files"], manifest.get("name"), manifest.get("settings", {})
    if not isinstance(name, str) or not isinstance(settings, dict):
        raise BundleError(f"{folder / MANIFEST}: expected a name and settings; restore the file")
    if manifest.get("kind") != kind:
        raise BundleError(f"{folder}: expected a manifest of kind {kind!r}, found {manifest.get('kind')!r}")
    for file, expected in files.items():
        if file not in unread:
            _check_file(folder / file, str(expected))
    return Bundle(folder, kind, name, fingerprint(files), dict(settings))


def _check_file(path: Path, expected: str) -> None:
    if not path.is_file():
        raise BundleError(f"{path}: missing, named by the manifest; reinstall or restore the file")
    try:
        found = hash_file(path)
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); allow it or restore the file") from None
    if found != expected:
        raise BundleError(
            f"{path}: damaged, sha256 {found[:12]} instead of {expected[:12]}; reinstall or restore the file"
        )


def write_manifest(folder: Path, kind: Kind, name: str, details: dict[str, Any]) -> None:
    """Write the manifest of a finished weights folder; `details` adds keys (parents, data, scores ...)."""
    _write(folder, {"format": FORMAT, "kind": kind, "name": name, "files": hash_folder_files(folder), **details})


def _write(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    with write_whole(folder / MANIFEST) as file:
        file.write(text)


def refresh_manifest(folder: Path, rewritten: Collection[str] = (), **changes: Any) -> None:
    """Write the manifest anew, with the hashes of the `rewritten` files and with `changes` to its keys. The
    other files keep theirs: what was damaged meanwhile stays found out.

    Raises BundleError when there is none, or it cannot be read.
    """
    manifest = _read_manifest(folder)
    hashes = {name: hash_file(folder / name) for name in rewritten}
    files = dict(sorted({**manifest["files"], **hashes}.items()))
    _write(folder, {**manifest, "files": files, **changes})
