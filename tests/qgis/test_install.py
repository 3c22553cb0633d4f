"""The plugin is installed, taken out and packed without touching anything else."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

import spatialccd as sc
from spatialccd.cli import main
from spatialccd.qgis import check, files, forms, install, package, profiles, programs
from spatialccd.qgis.errors import QGISError

SETTINGS = "[Processing]\nkept=%1\n\n[PythonPlugins]\nother=true\n"


def command(*words: str) -> None:
    """Run a command that succeeds."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 0


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


def test_a_profile_that_is_not_there_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(QGISError, match="only 'default' can be made here"):
        install.install("study", qgis_dir=tmp_path)
    for name in ("default", "work"):
        (tmp_path / "profiles" / name).mkdir(parents=True)
    for act in (install.install, install.uninstall, check.check):
        with pytest.raises(QGISError, match="no profile 'wrok'; did you mean 'work'") as raised:
            act("wrok", qgis_dir=tmp_path)
        assert "there are default, work" in str(raised.value)
    install.install("work", qgis_dir=tmp_path)
    text = (tmp_path / "profiles" / "work" / "QGIS" / "QGIS3.ini").read_text()
    assert text == "[PythonPlugins]\nspatialccd_qgis=true\n"


@pytest.mark.parametrize("name", ["../out", "a/b", "..", ".", "", "C:\\x", "/tmp/x"])
def test_a_profile_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(QGISError, match="no name of a profile but a path"):
        install.install(name, qgis_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_default_of_profiles_ini_is_followed(tmp_path: Path) -> None:
    for name in ("default", "work"):
        (tmp_path / "profiles" / name).mkdir(parents=True)
    told = tmp_path / "profiles" / "profiles.ini"
    told.write_text("[core]\ndefaultProfile=work\n")
    assert profiles.profile_folder(qgis_dir=tmp_path).name == "work"
    told.write_text("[core]\ndefaultProfile=gone\n")
    assert profiles.profile_folder(qgis_dir=tmp_path).name == "default"
    told.write_bytes(b"\xff\xfe nonsense")
    assert profiles.profile_folder(qgis_dir=tmp_path).name == "default"


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


@pytest.fixture
def laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing of QGIS in it."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path


def test_the_usual_profile_is_found(laid_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert profiles.profile_folder() == laid_out / ".local/share/QGIS/QGIS3/profiles/default"
    monkeypatch.setenv("XDG_DATA_HOME", str(laid_out / "data"))
    (laid_out / "data/QGIS/QGIS4/profiles").mkdir(parents=True)
    assert profiles.profile_folder() == laid_out / "data/QGIS/QGIS4/profiles/default"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        (".var/app/org.qgis.qgis/data/QGIS/QGIS3", "flatpak"),
        ("snap/qgis/current/.local/share/QGIS/QGIS3", "snap"),
    ],
)
def test_flatpak_and_snap_are_found(laid_out: Path, folder: str, kind: str) -> None:
    (laid_out / folder / "profiles" / "default").mkdir(parents=True)
    assert (
        install.install() == laid_out / folder / "profiles/default/python/plugins/spatialccd_qgis"
    )
    assert [home.kind for home in profiles.homes()] == [kind]


@pytest.mark.parametrize(
    ("platform", "variable", "folder"),
    [
        ("win32", "APPDATA", "AppData/Roaming/QGIS/QGIS3"),
        ("darwin", "HOME", "Library/Application Support/QGIS/QGIS3"),
    ],
)
def test_windows_and_mac_have_their_folders(
    laid_out: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, folder: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    base = laid_out / "AppData/Roaming" if platform == "win32" else laid_out
    monkeypatch.setenv(variable, str(base))
    (laid_out / folder / "profiles" / "default").mkdir(parents=True)
    assert profiles.profile_folder() == laid_out / folder / "profiles" / "default"


def test_two_versions_of_qgis_ask_which_one_is_meant(
    laid_out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("QGIS3", "QGIS4"):
        (laid_out / f".local/share/QGIS/{name}/profiles/default").mkdir(parents=True)
    with pytest.raises(QGISError, match=r"more than one QGIS here: QGIS 4 .*; QGIS 3 .*--version"):
        install.install()
    assert "QGIS4" in install.install(version=4).parts
    command("qgis", "install", "--version", "3")
    assert str(Path("QGIS3")) in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("typer.prompt", lambda *_, **__: 4)
    command("qgis", "uninstall")
    assert "QGIS4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("win32", "Programs/OSGeo4W/bin/qgis_process-qgis-ltr.bat"),
        ("win32", "Program Files/QGIS 3.34.1/bin/qgis_process-qgis.bat"),
        ("darwin", "Applications/QGIS-LTR.app/Contents/MacOS/bin/qgis_process"),
        ("darwin", "Applications/QGIS.app/Contents/MacOS/qgis_process"),
    ],
)
def test_the_program_is_found_where_installers_put_it(
    laid_out: Path, monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    monkeypatch.setenv("LOCALAPPDATA", str(laid_out))
    monkeypatch.setenv("ProgramFiles", str(laid_out / "Program Files"))
    program = laid_out / place
    program.parent.mkdir(parents=True)
    program.touch()
    assert programs.find_process() == str(program)


def test_check_after_an_install_from_a_zip_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "find_process", lambda: "/usr/bin/qgis_process")
    archive = package.package(tmp_path / "plugin.zip")
    plugins = tmp_path / "profiles" / "default" / "python" / "plugins"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(plugins)
    with pytest.raises(SystemExit) as ended:
        main(["qgis", "check", "--qgis-dir", str(tmp_path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "knows no Python with spatialccd" in said
    assert "Traceback" not in said
    settings(tmp_path).write_text(SETTINGS + "\n[spatialccd]\npython=/some/python\n")
    monkeypatch.setattr(check, "_version", lambda _: "3.22.16")
    monkeypatch.setattr(check, "_run_one", lambda *_: None)
    assert "Python: /some/python" in check.check(qgis_dir=tmp_path)


def test_uninstall_leaves_nothing_and_keeps_what_is_not_ours(tmp_path: Path) -> None:
    settings(tmp_path).write_text(SETTINGS + "\n[spatialccd]\npython=/x\n\n[last]\nkept=1\n")
    install.install(qgis_dir=tmp_path)
    assert "python=/x" in settings(tmp_path).read_text()  # an upgrade keeps the choice
    own = tmp_path / "profiles" / "default" / "spatialccd" / "python"
    own.mkdir(parents=True)
    install.uninstall(qgis_dir=tmp_path)
    assert settings(tmp_path).read_text() == SETTINGS + "\n[last]\nkept=1\n"
    assert [path.name for path in (tmp_path / "profiles" / "default").iterdir()] == [
        "QGIS",
        "python",
    ]


def test_an_older_plugin_is_replaced_as_a_whole(tmp_path: Path) -> None:
    old = tmp_path / "profiles" / "default" / "python" / "plugins" / "spatialccd_qgis"
    old.mkdir(parents=True)
    (old / "gone.py").write_text("import nothing")
    (old / "metadata.txt").write_text("version=0.0.1")
    install.install(qgis_dir=tmp_path)
    assert not (old / "gone.py").exists()
    assert f"version={sc.__version__}" in (old / "metadata.txt").read_text()
    assert (old / "help" / "zh" / "mgwr.html").is_file()


def test_faults_are_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["qgis", "uninstall", "--qgis-dir", str(tmp_path)])
    assert ended.value.code == 2
    assert "the plugin is not in the profile 'default'" in capsys.readouterr().err
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        main(["qgis", "check", "--qgis-dir", str(tmp_path)])
    assert ended.value.code == 2
    assert "qgis_process is not on the path" in capsys.readouterr().err


def test_the_package_is_small_and_text(tmp_path: Path) -> None:
    path = package.package(tmp_path / "spatialccd_qgis.zip")
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"spatialccd_qgis"}
    assert {Path(name).suffix for name in names} == {".py", ".json", ".svg", ".txt", ".html", ""}
    assert {"spatialccd_qgis/__init__.py", "spatialccd_qgis/LICENSE"} <= set(names)


def test_a_package_without_addresses_is_not_called_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site's validator wants addresses that exist; the package invents none."""
    out = tmp_path / "spatialccd_qgis.zip"
    command("qgis", "package", str(out))
    said = capsys.readouterr().out
    assert "not ready for upload" in said
    assert "- metadata.txt: repository is empty" in said
    with zipfile.ZipFile(out) as archive:
        told = archive.read("spatialccd_qgis/metadata.txt").decode()
    assert "example.org" not in told
    complete = re.sub(r"(?m)^(repository|tracker|homepage)=$", r"\1=https://git.site/s", told)
    complete = complete.replace("email=", "email=authors@git.site")
    rest = {n: t for n, t in files.files().items() if n != "metadata.txt"}
    for text, problem in (
        (complete, ""),
        (complete.replace("git.site", "example.org"), "tracker leads nowhere"),
        (complete.replace("https://git", "git"), "repository is no address"),
        (complete.replace("version=0", "version=9"), "version is 9"),
        (complete.replace("icon=icon", "icon=none"), "no such icon"),
    ):
        monkeypatch.setattr(package, "files", lambda text=text: {**rest, "metadata.txt": text})
        found = package.problems(package.package(out))
        assert problem in "; ".join(found)
        assert bool(found) == bool(problem)


def test_the_plugin_imports_the_standard_library_and_qgis_only() -> None:
    import ast

    outside = set()
    for path in forms.PLUGIN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                outside |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                outside.add(str(node.module).split(".")[0])
    # QGIS brings the package processing along.
    assert outside - set(sys.stdlib_module_names) == {"qgis", "processing"}
