"""Files that are whole or absent, never half-written; and what is read beside a file."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from spatialccd.errors import FileError, reason

#: How a temporary file and a temporary folder are called, and whose they are.
_PART = re.compile(r"\.(?P<own>.+)\.(?P<pid>\d+)\.part(\.[^.]*)?")
_SCRATCH = re.compile(r"spatialccd-(?P<pid>\d+)-.+")
#: Packages that say by errors of their own that a file cannot be written.
_WRITERS = ("sqlite3", "pyogrio")
#: The parts of a shapefile that are read with it.
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")
#: What SQLite and GDAL keep beside a file: changes not yet in it, places, masks and overviews.
_BESIDE = ("-wal", "-journal", ".aux.xml", ".ovr", ".msk")
_RASTERS = (".tif", ".tiff", ".asc", ".img", ".bil", ".png", ".jpg", ".nc", ".vrt", ".grd")
_WORLD = (".tfw", ".tifw", ".wld", ".prj", ".hdr", ".aux", ".pgw", ".jgw", ".stx", ".clr", ".gri")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it to `path` once it is written.

    The temporary name keeps the suffix, by which writers choose a format. If
    the body raises, `path` stays as it was and the temporary file is removed.
    One that a killed process left behind is for `sweep` to find by its number.

    Raises
    ------
    FileError
        It cannot be written: the disk is full, or a folder is in the way.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("whole")
    >>> [p.name for p in folder.iterdir()]
    ['a.txt']
    """
    path = Path(path).expanduser()
    # Short, so that a name as long as the system allows has room for the rest.
    own = f"{path.stem[:12]}-{zlib.crc32(path.name.encode(errors='replace')):08x}"
    temporary = path.with_name(f".{own}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{path} cannot be written: {reason(error)}") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _WRITERS:
            raise
        raise FileError(f"{path} cannot be written ({error}); is the disk full?") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for the time being; those of processes that are gone are removed first."""
    sweep_scratch()
    with tempfile.TemporaryDirectory(
        prefix=f"spatialccd-{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder.

    To be called by the one process that writes there: what bears its own number
    is of an earlier process of the same number, as containers give them out.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        met = _PART.fullmatch(path.name)
        if met and (int(met["pid"]) == os.getpid() or not is_alive(int(met["pid"]))):
            with suppress(OSError):  # a folder of that name, or another's file
                path.unlink()


def sweep_scratch() -> None:
    """Remove the temporary folders of this account whose process is gone."""
    import shutil

    with suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            met = _SCRATCH.fullmatch(path.name)
            if met and not is_alive(int(met["pid"])) and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Say whether a process of this number runs on this machine.

    Examples
    --------
    >>> is_alive(os.getpid())
    True
    """
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # another's
    return True


def digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(name: str, path: Path) -> dict[str, str]:
    """Give the SHA-256 of all that is read with a file or a folder, by names beginning with `name`.

    Of a shapefile its table, its coordinate system and its encoding count as much as
    its shapes; of a GeoPackage the changes not yet written into it; of a folder
    (.gdb) every file.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for part in ("areas.shp", "areas.DBF", "areas.csv"):
    ...     _ = (folder / part).write_text(part)
    >>> list(digests("data/areas.shp", folder / "areas.shp"))
    ['data/areas.shp', 'data/areas.DBF']
    """
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".lock")
        return {f"{name}/{p.relative_to(path).as_posix()}": digest(p) for p in inside}
    home = PurePosixPath(name).parent
    beside = {(home / part.name).as_posix(): digest(part) for part in _beside(path)}
    return {name: digest(path), **beside}


def _beside(path: Path) -> list[Path]:
    """Find the files that are read with a file, itself not among them."""
    suffix = path.suffix.lower()
    more = _SHAPEFILE if suffix == ".shp" else _WORLD if suffix in _RASTERS else ()
    names = {path.name.lower() + end for end in _BESIDE}
    names |= {path.stem.lower() + end for end in more}
    if suffix not in (".shp", ".gpkg", *_RASTERS):
        return []
    siblings = sorted(p for p in path.parent.iterdir() if p.name.lower() in names and p != path)
    return [p for p in siblings if p.is_file()]


def user_cache() -> Path:
    """Give the folder for what can be made anew, where this system's programs keep such things.

    Raises
    ------
    RuntimeError
        The account has no home folder.
    """
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        named = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = named if named.is_absolute() else Path.home() / ".cache"
    return folder / "spatialccd"
