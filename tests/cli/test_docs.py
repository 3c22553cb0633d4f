"""The command that opens the documentation."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from spatialccd.cli import docs, main


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with a page of one function."""
    pages = tmp_path / "made" / "reference" / "api"
    pages.mkdir(parents=True)
    (tmp_path / "index.html").write_text("first", encoding="utf-8")
    (pages / "spatialccd.mgwr.html").write_text("mgwr", encoding="utf-8")
    monkeypatch.setattr(docs, "_PLACES", (tmp_path / "nowhere", tmp_path))
    return tmp_path


def test_the_page_of_a_function_is_opened(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    for arguments, page in (([], "index.html"), (["mgwr"], "spatialccd.mgwr.html")):
        with pytest.raises(SystemExit) as ended:
            main(["docs", *arguments])
        assert not ended.value.code
        assert capsys.readouterr().out.strip().endswith(page)
        assert opened[-1].startswith("file:")
        assert opened[-1].endswith(page)
    with pytest.raises(SystemExit):
        main(["docs", "--path"])
    assert len(opened) == 2


def test_what_is_not_there_is_said(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["docs", "mgrw"])
    assert ended.value.code == 2
    assert "did you mean 'mgwr'" in capsys.readouterr().err
    monkeypatch.setattr(docs, "_PLACES", (site / "nowhere",))
    with pytest.raises(SystemExit) as ended:
        main(["docs"])
    assert ended.value.code == 2
    assert "sphinx-build docs docs/built" in capsys.readouterr().err
