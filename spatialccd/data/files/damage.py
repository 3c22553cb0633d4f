"""What readers trip over in a file that is damaged, or is not what its name says."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

import pyarrow as pa

#: Readers of other packages raise whatever a wrong byte leads to; it is the file's fault. To be
#: caught after our own errors, some of which are ValueErrors.
DAMAGE: tuple[type[Exception], ...] = (
    OSError, EOFError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile, pa.ArrowException,
)  # fmt: skip
