"""Packs what the page's scripts read, so that the page stays small."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any


def pack(value: Any) -> str:
    """Write a value as base64 of gzipped JSON; nothing in it can end an element.

    Examples
    --------
    >>> gzip.decompress(base64.b64decode(pack({"a": [1, None, "</script>"]})))
    b'{"a":[1,null,"</script>"]}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # No date: the same results give the same page. A lone half of a character, which a label can
    # hold, is no UTF-8; it is written as the question mark that any editor would show for it.
    data = gzip.compress(text.encode("utf-8", errors="replace"), 9, mtime=0)
    return base64.b64encode(data).decode("ascii")
