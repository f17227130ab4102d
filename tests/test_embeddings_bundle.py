"""A weights folder opens only when every file its manifest names is there, unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.bundle import MANIFEST, hash_folder_files, open_bundle, write_manifest
from embeddings.errors import BundleError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_bytes(bytes(range(256)))
    (tmp_path / "pooling").mkdir()
    (tmp_path / "pooling" / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "README.md").write_text("model card", encoding="utf-8")
    write_manifest(tmp_path, "encoder", "tiny", {"settings": {"max_tokens": 96}})
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(BundleError) as caught:
        open_bundle(folder, "encoder")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def edit_manifest(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    kept = {key: value for key, value in {**record, **changes}.items() if value is not ...}
    (folder / MANIFEST).write_text(json.dumps(kept), encoding="utf-8")


def test_a_whole_bundle_opens_with_its_name_and_settings(folder: Path) -> None:
    bundle = open_bundle(folder, "encoder")
    assert (bundle.path, bundle.kind, bundle.name) == (folder, "encoder", "tiny")
    assert bundle.settings == {"max_tokens": 96}


def test_the_manifest_covers_every_file_but_itself_and_the_card(folder: Path) -> None:
    assert sorted(hash_folder_files(folder)) == ["model.safetensors", "pooling/config.json"]


def test_the_fingerprint_follows_the_files_and_nothing_else(folder: Path) -> None:
    before = open_bundle(folder, "encoder").fingerprint
    (folder / "README.md").write_text("another card", encoding="utf-8")
    write_manifest(folder, "encoder", "renamed", {"scores": 1})
    assert open_bundle(folder, "encoder").fingerprint == before
    (folder / "pooling" / "config.json").write_text("{ }", encoding="utf-8")
    write_manifest(folder, "encoder", "tiny", {})
    assert open_bundle(folder, "encoder").fingerprint != before


@pytest.mark.parametrize("name", ["model.safetensors", "pooling/config.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    message = refusal(folder)
    assert str(folder / name) in message
    assert "missing" in message


@pytest.mark.parametrize("name", ["model.safetensors", "pooling/config.json"])
def test_one_changed_byte_is_found_and_its_file_named(folder: Path, name: str) -> None:
    raw = bytearray((folder / name).read_bytes())
    raw[-1] ^= 1
    (folder / name).write_bytes(raw)
    message = refusal(folder)
    assert str(folder / name) in message
    assert "damaged" in message


def test_a_missing_manifest_is_named(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    message = refusal(folder)
    assert str(folder) in message
    assert MANIFEST in message


def test_a_bundle_of_the_other_kind_is_refused_with_both_kinds(folder: Path) -> None:
    with pytest.raises(BundleError, match=r"kind 'reader', found 'encoder'") as caught:
        open_bundle(folder, "reader")
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 2}'])
def test_a_garbage_manifest_is_named(folder: Path, garbage: bytes) -> None:
    (folder / MANIFEST).write_bytes(garbage)
    assert str(folder / MANIFEST) in refusal(folder)


@pytest.mark.parametrize(
    "changes",
    [{"files": ...}, {"files": []}, {"files": None}, {"kind": ...}, {"name": ...}, {"settings": None}, {"settings": 3}],
)
def test_a_manifest_of_another_form_is_refused(folder: Path, changes: dict[str, Any]) -> None:
    edit_manifest(folder, **changes)
    assert str(folder) in refusal(folder)
