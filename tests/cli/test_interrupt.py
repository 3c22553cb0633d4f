"""Ctrl-C ends in a sentence and exit code 130, wherever it comes."""

from __future__ import annotations

from typing import Any

import pytest

from spatialccd import __main__ as entry
from spatialccd import cli


def _interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_within_a_tool_nothing_was_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("spatialccd.catalog.by_question", _interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main(["catalog"])
    assert ended.value.code == 130
    assert capsys.readouterr().err == "spatialccd: stopped; nothing was written\n"


def test_before_a_command_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", _interrupted)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "spatialccd: stopped\n"
