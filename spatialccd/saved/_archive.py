"""The container: a zip of stored members, sealed by a checksum over every byte before it.

Nothing in it is compressed, so that a file takes about as much memory as it is
long: what claims to unpack to more is refused before it is read. The seal is
the archive's comment, its last bytes; a flipped bit anywhere, in a member or in
the zip's own bookkeeping, or a missing end, breaks it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from spatialccd import _files
from spatialccd.errors import SavedFileError

_SEAL = b"sha256:"
_LENGTH = len(_SEAL) + 64
#: The earliest time a zip can note: the same result gives the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(members: Mapping[str, bytes], path: Path) -> None:
    """Write members as a sealed archive, whole or not at all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), data)
        archive.comment = _SEAL + b"0" * 64
    body = buffer.getbuffer()[:-_LENGTH]
    with _files.replacing(path) as temporary, temporary.open("wb") as file:
        file.write(body)
        file.write(_seal(body))


def read(path: Path, limit: int) -> zipfile.ZipFile:
    """Open an archive whose every byte is as it was written.

    Raises
    ------
    SavedFileError
        There is no such file; it is none of ours, damaged, cut off, compressed,
        or longer than `limit` bytes.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise SavedFileError(
                f"{path.name} has {size:,} bytes, more than the {limit:,} that are read; "
                "pass a larger max_bytes= if it is yours"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise SavedFileError(f"no file at {path}; save() and --out NAME.scc write one") from None
    except OSError as error:
        raise SavedFileError(f"{path} cannot be read: {error.strerror or error}") from error
    if not data.startswith(b"PK\x03\x04"):
        raise SavedFileError(f"{path.name} is not a saved result; save() writes those")
    view = memoryview(data)
    if data[-_LENGTH:] != _seal(view[:-_LENGTH]):
        raise SavedFileError(
            f"{path.name} is damaged, cut off or was changed after it was saved: its checksum "
            "does not fit; save it anew"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, UnicodeDecodeError) as error:
        raise SavedFileError(f"{path.name} is not a sound archive ({error})") from error
    _check(archive, len(data), path.name)
    return archive


def _check(archive: zipfile.ZipFile, size: int, name: str) -> None:
    """Refuse members that are not stored as they are, or claim more than the file holds."""
    entries = archive.infolist()
    packed = [e.filename for e in entries if e.compress_type != zipfile.ZIP_STORED]
    if packed:
        raise SavedFileError(
            f"{name} holds compressed members ({packed[0]}); a saved result holds none, so that "
            "it cannot unpack to more than it is long"
        )
    if sum(e.file_size for e in entries) > size or any(
        e.file_size != e.compress_size or e.flag_bits & 1 for e in entries
    ):
        raise SavedFileError(f"{name} holds members that do not fit into it; it is not read")
    if len({e.filename for e in entries}) < len(entries):
        raise SavedFileError(f"{name} holds members of the same name; it is not read")


def _seal(body: bytes | memoryview) -> bytes:
    return _SEAL + hashlib.sha256(body).hexdigest().encode()
