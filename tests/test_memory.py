"""What docstrings promise of memory, held by the peak of a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spatialccd.data.tables.blocks import plain_numbers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")

_PEAK = """
import re, time
from pathlib import Path
import numpy as np
import pandas as pd
import spatialccd as sc
{work}
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(peak * 1024, time.process_time())
"""


def _measured(work: str) -> tuple[float, float]:
    """Give the peak of memory in bytes (the interpreter's own with it), and seconds computed."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PEAK.format(work=work)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    peak, seconds = run.stdout.split()[-2:]
    return float(peak), float(seconds)


@pytest.mark.slow
def test_a_long_csv_takes_less_than_four_times_its_size(tmp_path: Path) -> None:
    """Beside what Python and its packages take by themselves: 3.4 times it."""
    path = tmp_path / "long.csv"
    rng = np.random.default_rng(0)
    figures = pd.DataFrame(rng.lognormal(5, 1, (25_000, 20)).round(4)).add_prefix("x")
    figures.insert(0, "unit", [f"{i:06d}" for i in range(len(figures))])
    for year in range(2000, 2020):
        figures.assign(time=year).to_csv(path, mode="a", header=year == 2000, index=False)
    assert path.stat().st_size > 90e6
    few = tmp_path / "few.csv"
    few.write_text("unit,time,x\na,2000,1\nb,2000,2\n", encoding="utf-8")
    bare, _ = _measured(f"sc.read_panel({str(few)!r}, unit='unit', time='time')")
    peak, _ = _measured(f"sc.read_panel({str(path)!r}, unit='unit', time='time')")
    assert peak - bare < 4 * path.stat().st_size


@pytest.mark.slow
def test_a_million_rows_in_the_factor_detector() -> None:
    work = """
rng = np.random.default_rng(0)
units = pd.Index([f"{i:07d}" for i in range(10**6)], name="unit")
strata = pd.DataFrame({f"x{j}": rng.integers(0, 6, 10**6) for j in range(4)}, units)
sc.factor_detector(pd.Series(rng.normal(size=10**6), units, name="y"), strata, seed=1)
"""
    peak, seconds = _measured(work)
    assert peak < 1e9
    assert seconds < 60


def test_numbers_are_pythons_nearest() -> None:
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=20_000) * 10.0 ** rng.integers(-300, 300, 20_000)
    texts = [repr(x) for x in drawn.tolist()]
    texts += [
        f"{x:.{d}f}" for x, d in zip(rng.normal(size=9000), range(9000), strict=True) if d < 40
    ]
    texts += ["5e-324", "2.2250738585072011e-308", "9007199254740993", "0.1", ".5", "5.", "-0"]
    found = plain_numbers(pd.Series(texts, dtype="str"))
    assert found is not None
    assert (found.view(np.int64) == np.array([float(t) for t in texts]).view(np.int64)).all()


@pytest.mark.parametrize("odd", ["0101", "+1", "1,234", "12%", "nan", "inf", "1e999", "x", "１"])
def test_what_is_no_plain_number_is_left_to_the_full_reading(odd: str) -> None:
    assert plain_numbers(pd.Series(["1.5", odd, None], dtype="str")) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_long_file_is_read_as_a_short_one(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed in blocks or not: blank rows, ragged rows, quoted breaks, marks, notes, codes."""
    import spatialccd as sc
    from spatialccd.data.tables import blocks, delimited, reader

    rows = ["地区,年份,code,x,y,名"]
    for i in range(300):
        rows.append(f"{i // 3:06d},{2000 + i % 3},{i:04d}, {i}.25,{'…' if i % 7 else i},'北京{i}")
        rows += [""] if i % 50 == 0 else []
    rows[40] = rows[40] + ","
    rows[61] = '000019,2001,0058,"1,058",58,"北\n京"'
    rows += ["", "注：按当年价格计算"]
    path = tmp_path / "panel.csv"
    path.write_bytes("\r\n".join(rows).encode(encoding))
    with pytest.warns(sc.errors.SpatialCCDWarning):
        short = sc.read_panel(path, unit="地区", time="年份")
    monkeypatch.setattr(delimited, "_LONG", 0)
    monkeypatch.setattr(reader, "_AHEAD", 20)
    monkeypatch.setattr(blocks, "_ROWS", 37)
    with pytest.warns(sc.errors.SpatialCCDWarning):
        long = sc.read_panel(path, unit="地区", time="年份")
    pd.testing.assert_frame_equal(short, long)
    assert short.attrs == long.attrs
