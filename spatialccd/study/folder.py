"""The folder that a study writes to: who may write there, and over which files."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from spatialccd import _files
from spatialccd.errors import StudyError, listed

MANIFEST = "manifest.json"
STEPS = ".steps"
_LOCK = ".run.lock"
#: What the runs into a folder have written, before the manifest of the first is there.
_WRITTEN = "written.json"


class Folder:
    """A folder of results: one run at a time, and no file replaced that is not the study's.

    Attributes
    ----------
    path : Path
        The folder.
    before : mapping
        The manifest of the last run; empty where there is none, or none that can be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.steps = path / STEPS
        self.before = read_manifest(path / MANIFEST)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out, and remove what killed ones left unfinished.

        Raises
        ------
        StudyError
            Another run is at work there, or the place of the results is a link elsewhere.
        """
        made = [p for p in (self.path, *self.path.parents) if not p.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with _locked(self.path / _LOCK, self.path):
                self.before = read_manifest(self.path / MANIFEST)
                for folder in (self.path, self.steps, self.path / "figures"):
                    if folder != self.path and folder.is_symlink():
                        raise StudyError(
                            f"{folder} is a link to another place, and results stay in their "
                            "folder; remove the link, or write to where it leads with --out"
                        )
                    _files.sweep(folder)
                _files.sweep_scratch()
                yield
        finally:
            for folder in made:  # a run that failed at once leaves no empty folder
                with suppress(OSError):
                    folder.rmdir()

    def check(self, names: Collection[str], inputs: Collection[Path], *, force: bool) -> None:
        """Make sure that files of these names may be written.

        Raises
        ------
        StudyError
            A file of that name is an input of the study; or it is there and no earlier run
            wrote it, and `force` is not given. The message has all of them.
        """
        read = [n for n in names if (self.path / n).resolve() in inputs]
        if read:
            raise StudyError(
                f"{listed(read)} in {self.path} would replace a file that the study reads; "
                "choose another folder with --out"
            )
        ours = self._ours()
        foreign = [n for n in names if n not in ours and _is_there(self.path / n)]
        if foreign and not force:
            raise StudyError(
                f"{self.path} holds files that no run of this study wrote: {listed(foreign)}; "
                "choose another folder with --out, or replace them with --force"
            )

    def claim(self, names: Collection[str]) -> None:
        """Note that files of these names are ours, before the first is written."""
        self._note_written(self._ours().union(names))

    def stale(self, names: Collection[str]) -> tuple[list[Path], list[str]]:
        """Find the files of earlier runs that the study has no more.

        Returns
        -------
        list of Path
            Those that are as they were written, within the folder.
        list of str
            Names of those that were changed since: whoever did so may want them.
        """
        remove: list[Path] = []
        changed: list[str] = []
        for name, entry in self._outputs().items():
            path = self.path / name
            if name in names or not _is_inside(name, self.path) or not path.is_file():
                continue
            if not path.is_symlink() and _files.digest(path) == entry.get("sha256"):
                remove.append(path)
            else:
                changed.append(name)
        unfinished = self._written() - set(self._outputs()) - set(names) - {MANIFEST}
        changed += [
            n for n in sorted(unfinished) if _is_inside(n, self.path) and _is_there(self.path / n)
        ]
        return remove, changed

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write down what was run and what came out."""
        text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str)
        with _files.replacing(self.path / MANIFEST) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
        self._note_written({MANIFEST, *manifest["outputs"]})

    def _outputs(self) -> dict[str, dict[str, Any]]:
        found = self.before.get("outputs")
        entries = found.items() if isinstance(found, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, dict)}

    def output(self, name: str) -> Mapping[str, Any]:
        """Give what the last run noted of a file; nothing where it wrote none of that name."""
        return self._outputs().get(name, {})

    def _ours(self) -> set[str]:
        ours = set(self._outputs()) | self._written()
        if "steps" in self.before and "outputs" in self.before:
            ours.add(MANIFEST)
        return ours

    def _written(self) -> set[str]:
        written = _read_json(self.steps / _WRITTEN)
        names = written if isinstance(written, list) else []
        return {name for name in names if isinstance(name, str)}

    def _note_written(self, names: Collection[str]) -> None:
        if set(names) != self._written():
            with _files.replacing(self.steps / _WRITTEN) as temporary:
                temporary.write_text(json.dumps(sorted(names)), encoding="utf-8")


def read_manifest(path: Path) -> Mapping[str, Any]:
    """Give what an earlier run wrote down; nothing where it left no readable manifest."""
    manifest = _read_json(path)
    return manifest if isinstance(manifest, dict) else {}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # absent, no text, no JSON, or none of ours
        return None


def _is_inside(name: str, folder: Path) -> bool:
    """Say whether a name stays in the folder, on the way through no link.

    Examples
    --------
    >>> [_is_inside(name, Path()) for name in ("a/b.png", "../b.png", "/b.png", "a/../../b")]
    [True, False, False, False]
    """
    parts = PurePosixPath(name).parts
    if not parts or "\\" in name or ":" in name or "\0" in name:
        return False
    if name.startswith("/") or any(part in ("..", STEPS) for part in parts):
        return False
    return not any(folder.joinpath(*parts[:n]).is_symlink() for n in range(1, len(parts)))


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    """Hold a file's lock, which the system gives back when the process ends, however it ends."""
    file = _acquired(path)
    if file is None:
        raise StudyError(
            f"another run ({_holder(path)}) is writing to {folder}; wait for it to end, or choose "
            "another folder with --out"
        )
    try:
        yield
    finally:
        if sys.platform == "win32":  # there an open file cannot be removed
            file.close()
            path.unlink(missing_ok=True)
        else:
            path.unlink(missing_ok=True)
            file.close()


def _acquired(path: Path) -> IO[str] | None:
    while True:
        file = path.open("a+", encoding="utf-8")
        if not _lock(file, path):
            file.close()
            return None
        try:
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                break
        except FileNotFoundError:
            pass
        file.close()  # the one before us has just removed it
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
    file.flush()
    return file


def _lock(file: IO[str], path: Path) -> bool:
    """Take the lock of an open file, if no other process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 20)  # beyond what is written there, so that others can read it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: the number of the process must do
        noted = _note_of(path)
        pid = noted.get("pid")
        if isinstance(pid, int) and pid != os.getpid():
            return noted.get("host") == socket.gethostname() and not _files.is_alive(pid)
    return True


def _note_of(path: Path) -> Mapping[str, Any]:
    noted = _read_json(path)
    return noted if isinstance(noted, dict) else {}


def _holder(path: Path) -> str:
    noted = _note_of(path)
    if "pid" not in noted:
        return "just begun"
    return f"process {noted['pid']} on {noted.get('host', 'another machine')}"
