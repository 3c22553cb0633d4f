"""The plugin is installed, taken out and packed without touching anything else."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from spatialccd.cli import main
from spatialccd.qgis import forms, install

SETTINGS = "[Processing]\nkept=%1\n\n[PythonPlugins]\nother=true\n"


def settings(folder: Path) -> Path:
    path = folder / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_install_switches_the_plugin_on_and_leaves_other_settings(tmp_path: Path) -> None:
    settings(tmp_path).write_text(SETTINGS)
    folder = install.install(qgis_dir=tmp_path)
    assert (folder / "metadata.txt").is_file()
    assert not list(folder.rglob("__pycache__"))
    assert json.loads((folder / "python.json").read_text())["python"] == sys.executable
    text = settings(tmp_path).read_text()
    assert text == SETTINGS.replace("other", "spatialccd_qgis=true\nother")
    install.install(qgis_dir=tmp_path)
    assert settings(tmp_path).read_text() == text
    install.uninstall(qgis_dir=tmp_path)
    assert settings(tmp_path).read_text() == SETTINGS
    assert not folder.exists()


def test_install_into_a_new_profile(tmp_path: Path) -> None:
    install.install("study", qgis_dir=tmp_path)
    text = (tmp_path / "profiles" / "study" / "QGIS" / "QGIS3.ini").read_text()
    assert text == "[PythonPlugins]\nspatialccd_qgis=true\n"


def test_a_profile_of_qgis_4_has_its_own_settings_file(tmp_path: Path) -> None:
    """QGIS 4 reads QGIS4.ini, in a folder QGIS4 or in one that the user names."""
    install.install(qgis_dir=tmp_path / "QGIS4")
    own = tmp_path / "QGIS4" / "profiles" / "default" / "QGIS"
    assert [path.name for path in own.iterdir()] == ["QGIS4.ini"]
    named = settings(tmp_path).with_name("QGIS4.ini")
    named.write_text(SETTINGS)
    install.install(qgis_dir=tmp_path)
    assert "spatialccd_qgis=true" in named.read_text()
    assert not settings(tmp_path).exists()
    install.uninstall(qgis_dir=tmp_path)
    assert named.read_text() == SETTINGS


def test_the_usual_profile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert install.profile_folder("default") == tmp_path / "QGIS/QGIS3/profiles/default"
    (tmp_path / "QGIS" / "QGIS4" / "profiles").mkdir(parents=True)
    assert install.profile_folder("default") == tmp_path / "QGIS/QGIS4/profiles/default"


def test_faults_are_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["qgis", "uninstall", "--qgis-dir", str(tmp_path)])
    assert ended.value.code == 2
    assert "the plugin is not in the profile 'default'" in capsys.readouterr().err
    monkeypatch.setattr(install.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        main(["qgis", "check", "--qgis-dir", str(tmp_path)])
    assert ended.value.code == 2
    assert "qgis_process is not on the path" in capsys.readouterr().err


def test_the_package_is_small_and_has_what_the_plugin_site_requires(tmp_path: Path) -> None:
    path = install.package(tmp_path / "spatialccd_qgis.zip")
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = archive.read("spatialccd_qgis/metadata.txt").decode()
    assert {name.split("/")[0] for name in names} == {"spatialccd_qgis"}
    assert {Path(name).suffix for name in names} == {".py", ".json", ".svg", ".txt", ""}
    assert {"spatialccd_qgis/__init__.py", "spatialccd_qgis/LICENSE"} <= set(names)
    fields = dict(line.split("=", 1) for line in metadata.splitlines() if "=" in line)
    required = (
        "name", "qgisMinimumVersion", "description", "about", "version", "author", "email",
        "repository", "tracker",
    )  # fmt: skip
    assert all(fields[name] for name in required)
    assert (tmp_path / fields["icon"]).name in {Path(name).name for name in names}


def test_the_plugin_imports_the_standard_library_and_qgis_only() -> None:
    import ast

    outside = set()
    for path in forms.PLUGIN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                outside |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                outside.add(str(node.module).split(".")[0])
    assert outside - set(sys.stdlib_module_names) == {"qgis"}
