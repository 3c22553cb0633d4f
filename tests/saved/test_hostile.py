"""A file that is not as it was written is refused with words, and never runs anything."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import spatialccd as sc
from spatialccd import _files
from spatialccd.errors import ParameterError, SavedFileError
from spatialccd.saved import _archive

Members = dict[str, bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    D = pd.Series([0.2, 0.9], pd.Index(["a", "b"], name="unit"), name="D")
    return sc.save(sc.coordination_grades(D), tmp_path / "grades.scc")


def _members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _changed(path: Path, change: Callable[[dict[str, Any], Members], None]) -> Path:
    """Write the file anew with a change, and a seal that fits."""
    members = _members(path)
    content = json.loads(members["content.json"])
    change(content, members)
    members["content.json"] = json.dumps(content).encode()
    _archive.write(members, path)
    return path


def _table(members: Members) -> str:
    return next(name for name in members if name.endswith(".parquet"))


def test_a_flipped_bit_anywhere_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for i in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[i] ^= 1 << i % 8
        path.write_bytes(damaged)
        with pytest.raises(SavedFileError, match=r"damaged|not a saved result"):
            sc.load(path)


def test_a_file_that_was_cut_off_or_added_to_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for n in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:n])
        with pytest.raises(SavedFileError, match=r"damaged|not a saved result"):
            sc.load(path)
    path.write_bytes(whole + b"\n")
    with pytest.raises(SavedFileError, match="damaged"):
        sc.load(path)


class _Runs:
    """Unpickled, it would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def test_a_pickle_is_never_opened(path: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    path.write_bytes(pickle.dumps(_Runs(mark)))
    with pytest.raises(SavedFileError, match="not a saved result"):
        sc.load(path)
    buffer = io.BytesIO()
    np.save(buffer, np.array([_Runs(mark)], dtype=object), allow_pickle=True)
    sc.save({"a": np.ones(2)}, path)

    def smuggle(content: dict[str, Any], members: Members) -> None:
        members[next(n for n in members if n.endswith(".npy"))] = buffer.getvalue()

    with pytest.raises(SavedFileError, match="does not hold what"):
        sc.load(_changed(path, smuggle))
    assert not mark.exists()


def _name(name: str) -> Callable[[dict[str, Any], Members], None]:
    def change(content: dict[str, Any], members: Members) -> None:
        content["content"]["name"] = name

    change.__name__ = name
    return change


def _newer(content: dict[str, Any], members: Members) -> None:
    content["form"] = 2
    content["versions"]["spatialccd"] = "9.1"


def _without_a_field(content: dict[str, Any], members: Members) -> None:
    del content["content"]["fields"]["grade"]


def _without_a_member(content: dict[str, Any], members: Members) -> None:
    del members[_table(members)]


def _junk(content: dict[str, Any], members: Members) -> None:
    members[_table(members)] = b"PAR1 this is none PAR1"


def _many_rows(content: dict[str, Any], members: Members) -> None:
    """Ten million gaps take a few bytes in a file."""
    sink = io.BytesIO()
    gaps = pa.nulls(200_000_000, pa.int8())
    pq.write_table(pa.table({"0": gaps}), sink, compression="none", use_dictionary=False)
    members[_table(members)] = sink.getvalue()


def _packed(content: dict[str, Any], members: Members) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"0": ["x" * 1000] * 1000}), sink, compression="zstd")
    members[_table(members)] = sink.getvalue()


def _unknown_tag(content: dict[str, Any], members: Members) -> None:
    content["content"]["fields"]["D"] = {"$": "eval", "value": "1 + 1"}


def _other_thing(content: dict[str, Any], members: Members) -> None:
    content["content"] = {"$": "series", "index": {"names": [None], "range": [0, 10**12, 1]}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_name("Popen"), "holds a 'Popen', which is no result of this version"),
        (_name("CoordinationGrade"), "did you mean 'CoordinationGrades'"),
        (_name("spatialccd.errors.listed"), "no result of this version"),
        (_newer, r"written by spatialccd 9\.1 in form 2.*upgrade"),
        (_without_a_field, r"does not have the fields of this version \(grade\)"),
        (_without_a_member, "does not hold what a saved result holds"),
        (_junk, "does not hold what a saved result holds"),
        (_packed, "compressed"),
        (_many_rows, "too large"),
        (_unknown_tag, "does not hold what a saved result holds"),
        (_other_thing, "does not hold what a saved result holds"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_sealed_and_yet_wrong_is_refused_with_words(
    path: Path, change: Callable[[dict[str, Any], Members], None], words: str
) -> None:
    with pytest.raises(SavedFileError, match=rf"grades\.scc.*{words}|{words}"):
        sc.load(_changed(path, change))


@pytest.mark.parametrize("words", [b"[" * 10**5, b'{"$": ', b"9" * 10**5, b"\xff", b"[]", b"null"])
def test_words_that_are_none_are_refused(path: Path, words: bytes) -> None:
    _archive.write({"content.json": words}, path)
    with pytest.raises(SavedFileError, match="does not hold what a saved result holds"):
        sc.load(path)


def test_a_zip_that_unpacks_to_more_than_it_holds_is_refused(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.json", b"0" * 10**7)
        archive.comment = _archive._SEAL + b"0" * 64
    body = buffer.getvalue()[: -_archive._LENGTH]
    path.write_bytes(body + _archive._seal(body))
    with pytest.raises(SavedFileError, match="compressed members"):
        sc.load(path)


def test_what_is_no_saved_result_is_said(path: Path, tmp_path: Path) -> None:
    with pytest.raises(SavedFileError, match=r"no file at .*nowhere\.scc"):
        sc.load(tmp_path / "nowhere.scc")
    with pytest.raises(SavedFileError, match="cannot be read"):
        sc.load(tmp_path)
    with pytest.raises(SavedFileError, match=r"more than the 100 that are read.*max_bytes"):
        sc.load(path, max_bytes=100)
    with pytest.raises(ParameterError, match=r"'\.pickle'; a saved result ends in '\.scc'"):
        sc.save({}, tmp_path / "a.pickle")
    path.write_bytes(b"")
    with pytest.raises(SavedFileError, match="not a saved result"):
        sc.load(path)


def test_a_file_is_whole_or_absent(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(old: Any, new: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files.os, "replace", full)
    with pytest.raises(OSError, match=f"{path.name} cannot be written: the disk is full; free"):
        sc.save({"a": 1}, path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
