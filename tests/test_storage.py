"""What a program reads again is written whole or not at all, and a disk that refuses is one sentence."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
from pathlib import Path
from typing import Any, NoReturn

import pytest
from disks import full_disk
from fakes import HashEncoder, RandomReader, fake_models

import embeddings.index as index_module
import qa.calibration as calibration_module
from embeddings.bundle import MANIFEST, hash_folder_files, open_bundle, write_manifest
from embeddings.errors import BundleError, VectorIndexError
from embeddings.index import PassageIndex, load_or_build_index
from embeddings.storage import UNFINISHED, write_whole
from embeddings.types import PassageSettings
from embeddings.vectors import open_vectors
from qa.calibration import CALIBRATION_FILE, Calibration, load_calibration, save_calibration
from qa.config import COMPACT_READER, PROFILES
from qa.errors import EvaluationError, ModelError
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.runner import evaluate
from qa.reader import load_reader

SETTINGS = PassageSettings(max_tokens=16)
TEXT = "\n\n".join(f"Le pays {i} a fixé un prix. La ville {i} refuse." for i in range(30))
REFUSALS = {errno.ENOSPC: "No space left on device", errno.EROFS: "Read-only file system"}


def refuse(code: int) -> Any:
    def raise_it(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return raise_it


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_the_old_one_until_the_new_one_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    with write_whole(path) as file:
        file.write("new\r\n\ud800")
        file.flush()
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_bytes() == b"new\r\n\\ud800"
    assert list_names(tmp_path) == ["a.json"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", REFUSALS)
def test_a_disk_that_refuses_leaves_the_old_file_alone(
    call: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, call, refuse(code))
    with pytest.raises(OSError, match=REFUSALS[code]), write_whole(path) as file:
        file.write("new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list_names(tmp_path) == ["a.json"]


def test_an_interruption_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")

    def write() -> None:
        with write_whole(path) as file:
            file.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert path.read_text(encoding="utf-8") == "old"
    assert list_names(tmp_path) == ["a.json"]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with write_whole(path) as first, write_whole(path) as second:
        first.write("first")
        second.write("second, which is finished before")
    assert path.read_text(encoding="utf-8") == "first"


@pytest.mark.parametrize("code", REFUSALS)
def test_a_calibration_that_cannot_be_written_is_one_sentence(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_calibration(Calibration(bias=1.0), tmp_path)
    write_manifest(tmp_path, "reader", "tiny", {})
    monkeypatch.setattr(os, "fsync", refuse(code))
    with pytest.raises(ModelError, match=REFUSALS[code]) as caught:
        save_calibration(Calibration(bias=2.0), tmp_path)
    assert "\n" not in str(caught.value)
    assert load_calibration(tmp_path).bias == 1.0
    assert open_bundle(tmp_path, "reader").name == "tiny"
    assert list_names(tmp_path) == [CALIBRATION_FILE, MANIFEST]


def test_a_calibration_without_its_hash_is_named_and_can_be_fitted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program leaves that is killed between the two files."""
    folder = tmp_path / "reader"
    shutil.copytree(COMPACT_READER, folder)
    before = open_bundle(folder, "reader").fingerprint
    with monkeypatch.context() as patch:
        patch.setattr(calibration_module, "refresh_manifest", refuse(errno.EINTR))
        with pytest.raises(ModelError):
            save_calibration(Calibration(bias=2.0), folder)
    settings = PROFILES["compact"].reading
    with pytest.raises(BundleError, match=r"calibration\.json: damaged"):
        load_reader(str(folder), settings)
    reader = load_reader(str(folder), settings, unread=[CALIBRATION_FILE])
    assert reader.name == "reader"
    save_calibration(Calibration(bias=3.0), folder)
    assert load_calibration(folder).bias == 3.0
    assert open_bundle(folder, "reader").fingerprint != before


def test_a_calibration_does_not_cover_up_weights_that_were_damaged_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    write_manifest(tmp_path, "reader", "tiny", {"seed": 3})
    (tmp_path / "model.safetensors").write_bytes(b"weighty")
    save_calibration(Calibration(), tmp_path)
    with pytest.raises(BundleError, match=r"model\.safetensors: damaged"):
        open_bundle(tmp_path, "reader")


def test_a_calibration_beside_a_broken_manifest_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"format": 1, "files": 3}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"manifest\.json: expected a manifest of format 1 with its files"):
        save_calibration(Calibration(), tmp_path)


def test_what_a_killed_program_left_is_no_file_of_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / f".calibration.json.0{UNFINISHED}").write_text("{", encoding="utf-8")
    assert list(hash_folder_files(tmp_path)) == ["config.json"]


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("before", [False, True])
def test_an_index_that_cannot_be_written_is_one_sentence_and_the_old_one_stays(
    code: int, before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    if before:
        PassageIndex.build(TEXT, HashEncoder(), SETTINGS).save(folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse(code))
        with pytest.raises(VectorIndexError, match=REFUSALS[code]) as caught:
            load_or_build_index(f"{TEXT} Fin.", HashEncoder(), folder, SETTINGS)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_names(tmp_path) == (["index"] if before else [])
    if before:
        encoder = HashEncoder()
        load_or_build_index(TEXT, encoder, folder, SETTINGS)
        assert encoder.n_passages == 0


@pytest.mark.parametrize("room", [0, 500, 5_000])
def test_an_index_on_a_disk_that_fills_up_is_one_sentence(room: int, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with full_disk(room), pytest.raises(VectorIndexError, match=r"index: the index cannot be written") as caught:
        load_or_build_index(TEXT, HashEncoder(), folder, SETTINGS)
    assert "\n" not in str(caught.value)
    assert list_names(tmp_path) == []
    load_or_build_index(TEXT, HashEncoder(), folder, SETTINGS)
    assert list_names(tmp_path) == ["index"]


def test_a_calibration_on_a_full_disk_is_one_sentence_and_the_old_one_stays(tmp_path: Path) -> None:
    save_calibration(Calibration(bias=1.0), tmp_path)
    write_manifest(tmp_path, "reader", "tiny", {})
    with full_disk(10), pytest.raises(ModelError, match="File too large"):
        save_calibration(Calibration(bias=2.0), tmp_path)
    assert load_calibration(tmp_path).bias == 1.0
    assert open_bundle(tmp_path, "reader").name == "tiny"
    assert list_names(tmp_path) == [CALIBRATION_FILE, MANIFEST]


def test_an_index_that_another_process_replaces_is_read_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    index = PassageIndex.build(TEXT, HashEncoder(), SETTINGS)
    index.save(folder)
    monkeypatch.setattr(index_module, "hash_file", refuse(errno.ENOENT))
    with pytest.raises(VectorIndexError, match="gone while it was read"):
        PassageIndex.load(folder, TEXT, index.key)


def test_an_index_that_was_replaced_while_it_was_read_is_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    index = PassageIndex.build(TEXT, HashEncoder(), SETTINGS)
    index.save(folder)
    right = open_vectors

    def replace_first(path: Path) -> Any:
        PassageIndex.build(f"{TEXT} Fin.", HashEncoder(), SETTINGS).save(folder)
        return right(path)

    monkeypatch.setattr(index_module, "open_vectors", replace_first)
    with pytest.raises(VectorIndexError, match="replaced while it was read"):
        PassageIndex.load(folder, TEXT, index.key)


def test_a_link_to_an_index_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("index")
    for text in (TEXT, f"{TEXT} Fin."):
        load_or_build_index(text, HashEncoder(), link, SETTINGS)
        assert list_names(tmp_path) == ["index", "link"]
        assert link.is_symlink()


def test_a_folder_that_cannot_be_looked_into_is_one_sentence(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(VectorIndexError, match="Too many levels of symbolic links"):
        load_or_build_index(TEXT, HashEncoder(), loop, SETTINGS)


def _save_again(folder: Path, text: str) -> None:
    index = PassageIndex.build(text, HashEncoder(), SETTINGS)
    for _ in range(20):
        index.save(folder)


def test_processes_that_share_a_folder_leave_one_whole_index(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    texts = (TEXT, f"{TEXT} Fin.")
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_save_again, args=(folder, text)) for text in texts]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0]
    assert list_names(tmp_path) == ["index"]
    n_encoded = []
    for text in texts:
        encoder = HashEncoder()
        kept = tmp_path / "copy"
        shutil.copytree(folder, kept)
        load_or_build_index(text, encoder, kept, SETTINGS)
        shutil.rmtree(kept)
        n_encoded.append(encoder.n_passages)
    assert sorted(n_encoded)[0] == 0 < sorted(n_encoded)[1]


def _open_again(folder: Path, text: str) -> None:
    wanted = PassageIndex.build(text, HashEncoder(), SETTINGS)
    question = HashEncoder().encode_queries(["Où ?"])
    for _ in range(40):
        found = load_or_build_index(text, HashEncoder(), folder, SETTINGS)
        assert found.passages == wanted.passages
        assert found.search(question, 3) == wanted.search(question, 3)


def test_processes_that_want_another_index_in_one_folder_each_get_their_own(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    texts = (TEXT, f"{TEXT} Fin.")
    running = [context.Process(target=_open_again, args=(tmp_path / "index", texts[i % 2])) for i in range(4)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0, 0, 0]
    assert list_names(tmp_path) == ["index"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", REFUSALS)
def test_results_that_cannot_be_written_are_one_sentence(
    call: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, call, refuse(code))
    question = EvaluationQuestion("1", "Où ?", TEXT, "prix", (), "fr", "?")
    with pytest.raises(EvaluationError, match=REFUSALS[code]) as caught:
        evaluate([question], fake_models(RandomReader()), tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not [name for name in list_names(tmp_path / "out") if name.endswith((UNFINISHED, ".json", ".csv"))]
