"""What is tried: a table of hostile inputs by door and kind.

A door is a way into the package (``doors.py``). A case is a folder of files made by its
maker and what a door is to be given there. To try inputs of your own, add makers here,
or run ``python -m tests.faults --folder FOLDER --door panel`` over files of any kind.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

import spatialccd as sc
from tests.toys import Toys

#: What must come out: the figures of the sound input; a refusal; either of these; or anything
#: that is no crash, where a changed digit of a text is a digit like any other.
Truth = Literal["same", "refused", "same or refused", "any"]
#: Where a listener waits for those that data send into the network.
LISTENER = "http://127.0.0.1:{port}/"


@dataclass(frozen=True)
class Case:
    """One hostile input."""

    door: str
    kind: str
    name: str
    make: Callable[[Path], None]
    given: dict[str, Any] = field(default_factory=dict)
    truth: Truth = "any"


# --- sound files, made once --------------------------------------------------------------------


@cache
def sound() -> Path:
    """Give a folder of one sound file of each kind."""
    folder = Path(mkdtemp(prefix="spatialccd-sound-"))
    toys = Toys()
    table = toys.panel.reset_index()
    table.to_csv(folder / "panel.csv", index=False)
    table.to_csv(folder / "panel.tsv", index=False, sep="\t")
    table.to_excel(folder / "panel.xlsx", index=False)
    table.to_parquet(folder / "panel.parquet")
    table.to_stata(folder / "panel.dta", write_index=False)
    text = (folder / "panel.csv").read_bytes()
    (folder / "panel.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(folder / "panel.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("panel.csv", text)
    areas = toys.areas.reset_index()
    for name in ("areas.shp", "areas.gpkg", "areas.geojson", "areas.fgb"):
        layer = areas.to_crs(4326) if name.endswith("json") else areas
        layer.to_file(folder / name, engine="pyogrio")
    areas.to_parquet(folder / "areas.parquet")
    with zipfile.ZipFile(folder / "areas.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("areas.*")):
            if part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                archive.write(part, part.name)
    sc.save(sc.coordination_grades(toys.panel["income"] / 100), folder / "result.scc")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


STUDY = """
[study]
title = "hostile"

[panel]
path = "panel.csv"
unit = "unit"
time = "time"

[composite_index]
panel = ["income", "schools"]
directions = {income = "benefit", schools = "benefit"}

[outputs]
tables = ["tex"]
page = false
geopackage = false
"""

PANELS = ("panel.csv", "panel.tsv", "panel.xlsx", "panel.parquet", "panel.dta", "panel.csv.gz",
          "panel.zip")  # fmt: skip
LAYERS = ("areas.shp", "areas.gpkg", "areas.geojson", "areas.fgb", "areas.parquet", "areas.zip")
#: Kinds of files whose own checksums find a changed bit.
_SEALED = (".gz", ".zip", ".xlsx", ".scc")


def _copy(name: str, folder: Path) -> Path:
    """Copy a sound file, a shapefile with its parts."""
    path = sound() / name
    parts = path.parent.glob(f"{path.stem}.*") if path.suffix == ".shp" else [path]
    for part in parts:
        if path.suffix != ".shp" or part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            shutil.copy(part, folder / part.name)
    return folder / name


def _with(name: str, change: Callable[[bytes], bytes], called: str = "") -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path = _copy(name, folder)
        data = change(path.read_bytes())
        path.unlink()
        (folder / (called or name)).write_bytes(data)

    return make


def _written(name: str, data: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return make


# --- damage ------------------------------------------------------------------------------------


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def _flip(seed: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        drawn = random.Random(seed)
        damaged = bytearray(data)
        damaged[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        return bytes(damaged)

    return change


def _block(seed: int) -> Callable[[bytes], bytes]:
    """Put zeros, ones or noise in place of a block, as a failing disk does."""

    def change(data: bytes) -> bytes:
        drawn = random.Random(seed)
        n = min(len(data), drawn.choice([4, 64, 512, 4096]))
        at = drawn.randrange(max(len(data) - n, 1))
        filled = [bytes(n), b"\xff" * n, drawn.randbytes(n)][seed % 3]
        return data[:at] + filled + data[at + n :]

    return change


def _damaged(door: str, names: tuple[str, ...], n: int) -> Iterator[Case]:
    for name in names:
        given = {"file": name}
        sealed = name.endswith(_SEALED)
        kept: Truth = "same or refused" if sealed else "any"
        for i in range(n):
            yield Case(door, "cut", f"{name} {i}", _with(name, _cut(i / n)), given, kept)
        for i in range(2 * n):
            yield Case(door, "bit", f"{name} {i}", _with(name, _flip(i)), given, kept)
        for i in range(n):
            yield Case(door, "block", f"{name} {i}", _with(name, _block(i)), given, kept)


# --- what a file is not ------------------------------------------------------------------------

_TEXTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n \n",
    "zeros": bytes(1000),
    "noise": random.Random(0).randbytes(5000),
    "page": b"<!doctype html><html><body>404</body></html>",
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtins\x94.",
    "deep": b"[" * 200_000,
    "keys": b"{" + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}",
    "vrt": b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>LISTEN</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>",
    "vsicurl": b"/vsicurl/LISTENareas.geojson",
    "wfs": b"WFS:LISTEN",
    "esri": b'{"layers": [], "serviceDescription": "LISTEN", "spatialReference": {}}',
    "topojson": b'{"type":"Topology","objects":{},"arcs":[]}',
    "nan": b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"unit":"a"},'
    b'"geometry":{"type":"Polygon","coordinates":[[[NaN,0],[1,0],[1,1],[NaN,0]]]}}]}',
}


def _misnamed() -> Iterator[Case]:
    for door, names in (("panel", PANELS), ("layer", LAYERS)):
        suffixes = sorted({"." + name.partition(".")[2] for name in names})
        for suffix in suffixes:
            for kind, data in _TEXTS.items():
                called = f"file{suffix}"
                given = {"file": called}
                truth: Truth = "refused"
                yield Case(door, "no such file", f"{kind}{suffix}", _written(called, data), given,
                           truth if door == "layer" else "any")  # fmt: skip
            for name in (*PANELS, *LAYERS):
                if not name.endswith(suffix) and name != "areas.shp":
                    called = f"other{suffix}"
                    made = _with(name, lambda data: data, called)
                    yield Case(door, "misnamed", f"{name} as {suffix}", made, {"file": called})


# --- the same table, written otherwise ---------------------------------------------------------


def _same() -> Iterator[Case]:
    lines = (sound() / "panel.csv").read_text(encoding="utf-8").splitlines()
    head, *rows = [line.split(",") for line in lines]

    def text(sep: str, end: str, quote: str, order: int) -> str:
        drawn = list(rows)
        if order:
            random.Random(order).shuffle(drawn)
        return end.join(sep.join(f"{quote}{c}{quote}" for c in row) for row in [head, *drawn]) + end

    for sep in (",", ";", "\t"):
        for end in ("\n", "\r\n"):
            for quote in ("", '"'):
                for order in (0, 1):
                    for code in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
                        data = text(sep, end, quote, order).encode(code)
                        name = f"{sep!r} {end!r} {quote} {order} {code}"
                        yield Case("panel", "written otherwise", name, _written("panel.csv", data),
                                   {"file": "panel.csv"}, "same")  # fmt: skip


# --- study files, messages, command lines ------------------------------------------------------

_VALUES = (
    "''", "'x'", "-1", "0", "1.5", "nan", "inf", "true", "[]", "{}", "[[]]", "'../../x'",
    "'/etc/passwd'",
    "'=1+1'", "'\\u001b[31m'", "1979-05-27", "99999999999999999999", "['a', 1]", "'none'",
)  # fmt: skip
_KEYS = ("study.title", "study.seed", "study.language", "panel.path", "panel.unit", "panel.time",
         "composite_index.panel", "composite_index.directions", "composite_index.weights",
         "composite_index.name", "outputs.tables", "outputs.figures", "outputs.page", "nothing.x",
         "study.nothing")  # fmt: skip


def _study_files() -> Iterator[Case]:
    for key in _KEYS:
        table, _, name = key.partition(".")
        for value in _VALUES:
            kept = [line for line in STUDY.splitlines() if not line.startswith(f"{name} =")]
            if f"[{table}]" not in kept:
                kept.append(f"[{table}]")
            kept.insert(kept.index(f"[{table}]") + 1, f"{name} = {value}")
            yield _study("value", f"{key} = {value}", "\n".join(kept).encode())
    whole = STUDY.encode()
    for i in range(40):
        yield _study("bit", str(i), _flip(i)(whole))
        yield _study("cut", str(i), _cut(i / 40)(whole))
    for kind, data in _TEXTS.items():
        yield _study("no study", kind, data)


def _study(kind: str, name: str, text: bytes) -> Case:
    def make(folder: Path) -> None:
        _copy("panel.csv", folder)
        (folder / "study.toml").write_bytes(text)

    return Case("study", kind, name, make, {"file": "study.toml"})


def _kept_folders() -> Iterator[Case]:
    """A folder of results from somebody else: manifest and steps of every kind."""
    for kind, data in _TEXTS.items():
        yield _kept(f"manifest {kind}", "manifest.json", data)
        yield _kept(f"step {kind}", f".steps/{'0' * 64}.scc", data)
        yield _kept(f"pickle {kind}", f".steps/{'0' * 64}.pickle", data)
        yield _kept(f"written {kind}", ".steps/written.json", data)
    for name in ("../x", "/etc/hostname", "figures/../../panel.csv", ".steps/../../study.toml"):
        found = {"outputs": {name: {"key": "", "sha256": "0" * 64}}, "steps": []}
        yield _kept(f"outputs {name}", "manifest.json", json.dumps(found).encode())
    for i in range(20):
        yield Case(
            "study", "kept folder", f"flipped {i}", _made_before(i), {"file": "study.toml"}, "same"
        )


def _kept(name: str, path: str, data: bytes) -> Case:
    def make(folder: Path) -> None:
        _copy("panel.csv", folder)
        _copy("study.toml", folder)
        target = folder / "out" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    return Case("study", "kept folder", name, make, {"file": "study.toml"})


@cache
def _finished() -> Path:
    from spatialccd.study import run_study

    folder = Path(mkdtemp(prefix="spatialccd-finished-"))
    for name in ("panel.csv", "study.toml"):
        _copy(name, folder)
    run_study(folder / "study.toml", folder / "out")
    return folder


def _made_before(seed: int) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        shutil.copytree(_finished(), folder, dirs_exist_ok=True)
        files = sorted(p for p in (folder / "out").rglob("*") if p.is_file())
        path = files[seed % len(files)]
        path.write_bytes(_flip(seed)(path.read_bytes()))

    return make


def _messages() -> Iterator[Case]:
    sound_one = {"type": "run", "id": "1", "tool": "composite_index", "input": "panel.csv",
                 "folder": ".", "columns": {}, "settings": {}}  # fmt: skip
    values = [
        None,
        "",
        "x",
        -1,
        1.5,
        True,
        [],
        {},
        [[]],
        "../../x",
        {"a": {"b": []}},
        "\ud800",
        10**30,
    ]
    for key in (*sound_one, "before", "also", "graph", "time", "figure", "boundaries"):
        for value in values:
            line = json.dumps({**sound_one, key: value}).encode()
            yield Case("worker", "field", f"{key} {value!r}", _written("line", line))
    whole = json.dumps(sound_one).encode()
    for i in range(40):
        yield Case("worker", "bit", str(i), _written("line", _flip(i)(whole)))
    for kind, data in _TEXTS.items():
        yield Case("worker", "no message", kind, _written("line", data.replace(b"\n", b" ")))


def _command_lines() -> Iterator[Case]:
    def make(folder: Path) -> None:
        for name in ("panel.csv", "areas.gpkg", "result.scc"):
            _copy(name, folder)

    data = ["--data", "panel.csv", "--unit-column", "unit", "--time-column", "time"]
    moran = [
        "global_moran",
        *data,
        "--layer",
        "areas.gpkg",
        "--layer-unit",
        "unit",
        "--y",
        "income",
    ]
    tails: list[list[str]] = [
        ["--seed", "-1"], ["--n-jobs", "0"], ["--n-permutations", "1.5"], ["--n-permutations", "0"],
        ["--out", "panel.csv"], ["--out", "areas.gpkg"], ["--out", "."],
        ["--out", "x" * 300 + ".csv"],
        ["--out", "panel.csv/x.csv"], ["--out", "/proc/x.csv"], ["--out", "\x1b[31m.csv"],
        ["--data-encoding", "klingon"], ["--layer", "nothing"], ["--layer", "http://127.0.0.1/x"],
        ["--layer", "/vsicurl/http://127.0.0.1/x.geojson"], ["--y", "\x1b[2J"], ["--y", ""],
        ["--at-time", "1"], ["--unit-column", "no"], ["--data", "~/nothing.csv"],
        ["--data", "result.scc"],
    ]  # fmt: skip
    for tail in tails:
        yield Case("line", "option", " ".join(tail)[:60], make, {"line": [*moran, *tail]})
    index = ["composite_index", *data, "--panel", "income,schools", "--directions",
             "income=benefit,schools=benefit"]  # fmt: skip
    for target in ("panel.csv", "./panel.csv", "../case/panel.csv"):
        line = [*index, "--out", target]
        yield Case("line", "target", target, make, {"line": line}, "refused")


def cases(n: int) -> Iterator[Case]:
    """Yield all cases; `n` sets how many damages each sound file suffers (4 `n` of them)."""
    yield from _damaged("panel", PANELS, n)
    yield from _damaged("layer", LAYERS, n)
    yield from _damaged("saved", ("result.scc",), n)
    yield from _misnamed()
    yield from _same()
    yield from _study_files()
    yield from _kept_folders()
    yield from _messages()
    yield from _command_lines()
