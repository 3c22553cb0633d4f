"""Warnings in the pages' blocks as a reader sees them: kind and words, without a file of ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_STARTUP = """\
import warnings

warnings.formatwarning = lambda message, kind, *_, **__: f"{kind.__name__}: {message}\\n"
"""


def make(app: Sphinx, config: Any) -> None:
    """Give the kernels that run the blocks a profile of their own."""
    home = Path(app.srcdir) / "made" / "ipython"
    startup = home / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "warnings.py").write_text(_STARTUP, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(home)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the profile before anything runs."""
    app.connect("config-inited", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
