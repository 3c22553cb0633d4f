"""A table is read alike in every encoding that statistical offices use."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.data.files.encoding import decode
from spatialccd.errors import EncodingGuessWarning, PanelError, ParameterError

ENCODINGS = ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
#: The everyday characters of GB2312's first level, which names are written in.
HANZI = [
    bytes((lead, trail)).decode("gb2312")
    for lead in range(0xB0, 0xD7)
    for trail in range(0xA1, 0xFF)
]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_province_panel_reads_the_same(encoding: str, shared: Path, tmp_path: Path) -> None:
    text = (shared / "data/china_province_agri_rd/panel.csv").read_text(encoding="utf-8")
    original, file = tmp_path / "utf8.csv", tmp_path / "again.csv"
    original.write_bytes(text.encode())
    file.write_bytes(text.encode(encoding))

    def read(path: Path) -> pd.DataFrame:
        return sc.read_panel(path, unit="adcode", time="year", gaps="ignore")

    panel = read(file)
    pd.testing.assert_frame_equal(panel, read(original))
    assert panel.loc[("150000", 2000), "province"] == "内蒙古"
    assert panel.loc[("150000", 2000), "tech_market_outflow_1e4yuan"] == 60287.0


def _is_latin(data: bytes) -> bool:
    """Bytes such as C3 A3 are 茫 in GBK and ã in UTF-8: a file of nothing else may be either."""
    text = data.decode("utf-8", "replace")
    return "\ufffd" not in text and any(0xA0 <= ord(c) <= 0x7FF for c in text)


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.text(st.sampled_from(HANZI), min_size=2, max_size=8), min_size=1, max_size=6),
    encoding=st.sampled_from(ENCODINGS),
)
def test_everyday_chinese_is_never_misread(names: list[str], encoding: str) -> None:
    text = "code,name\r\n" + "".join(f"{i},{name}\r\n" for i, name in enumerate(names))
    assume(not _is_latin(text.encode(encoding)))
    assert decode(text.encode(encoding), "a.csv") == text


@pytest.mark.parametrize("name", ["北京", "一", "通", "联通"])
def test_one_short_name_is_enough(name: str) -> None:
    """The GBK bytes of 一 are valid UTF-8 as well, and those of 联通 nearly."""
    text = f"code,name\n1,{name}\n"
    assert decode(text.encode("gbk"), "a.csv") == text


@pytest.mark.parametrize("name", ["São Tomé", "Київ", "Αθήνα", "القاهرة", "Škofja Loka"])
def test_other_alphabets_in_utf8_are_not_taken_for_chinese(name: str) -> None:
    assert decode(f"code,name\n1,{name}\n".encode(), "a.csv").endswith(f"{name}\n")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("code,name\n1,São Paulo\n2,Ceará\n3,Maranhão\n4,Goiás\n5,Pará\n6,Piauí\n", "cp1252"),
        (
            "code,name\n1,서울특별시\n2,부산광역시\n3,대구광역시\n4,인천광역시\n5,경기도\n6,강원도\n7,충청북도\n8,전라남도\n9,제주도\n",
            "euc-kr",
        ),
        ("code,name\n1,臺北市\n2,高雄市\n3,臺中市\n4,桃園市\n5,新竹縣\n6,嘉義縣\n", "big5"),
    ],
)
def test_what_is_not_chinese_of_the_mainland_is_called_a_guess(text: str, encoding: str) -> None:
    with pytest.warns(EncodingGuessWarning, match="which is a guess"):
        found = decode(text.encode(encoding), "a.csv")
    assert found.startswith("code,name")
    assert decode(text.encode(encoding), "a.csv", encoding) == text


def test_a_wrong_encoding_is_refused_and_the_right_one_named() -> None:
    data = "code,name\n1,a\n2,北京\n".encode("gbk")
    with pytest.raises(PanelError, match=r"a\.csv is not in utf-8: byte 0xB1 in line 3.*gb18030"):
        decode(data, "a.csv", "utf-8")


def test_gbk_is_read_as_the_larger_set_that_holds_it() -> None:
    rare = "㐀"  # in GB18030 only
    assert decode(rare.encode("gb18030"), "a.csv", "gbk") == rare


def test_an_unknown_encoding_is_answered_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean 'gb18030'"):
        decode(b"a", "a.csv", "gb10830")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Région,année\nÎle-de-France,1\nRhône-Alpes,2\n", "cp1252"),
        ("Land,x\nThüringen,1\nBaden-Württemberg,2\n", "cp1252"),
        ("n,x\nCôte d’Or,1\nÑuble,2\nÅland,3\n", "cp1252"),
        ("kraj,x\nČeské Budějovice,1\nPlzeň,2\nZlínský,3\n", "cp1250"),
        ("город,x\nМосква,1\nКазань,2\n", "cp1251"),
        ("n,x\nΑθήνα,1\nΘεσσαλονίκη,2\n", "cp1253"),
        ("시도,연도,x\n서울특별시,2020,1\n부산광역시,2020,2\n", "euc-kr"),
        ("지역,년도,인구\n경기,2020,1\n", "cp949"),
        ("都道府県,年,x\n東京都,2020,1\n大阪府,2020,2\n", "cp932"),
    ],
)
def test_short_tables_of_other_countries(text: str, encoding: str) -> None:
    """A guess is told, and rare codings (HP's, Apple's) are not taken before common ones."""
    with pytest.warns(EncodingGuessWarning, match="which is a guess"):
        assert decode(text.encode(encoding), "a.csv") == text
