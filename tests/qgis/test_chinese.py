"""All that a form and the plugin itself say is in Chinese too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import spatialccd
from spatialccd import catalog
from spatialccd.qgis import advice, words
from spatialccd.qgis.forms import PLUGIN
from spatialccd.qgis.words.errors import ERRORS, library, retell
from tests.qgis.test_forms import ENTRIES, parameters

_SPACE: dict[str, dict[str, str]] = {}
exec((PLUGIN / "chinese.py").read_text(encoding="utf-8"), _SPACE)
CHINESE = _SPACE["CHINESE"]


def constants(node: ast.expr, names: dict[str, list[str]]) -> Iterator[str]:
    """Give the texts that an argument may stand for."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body, names)
        yield from constants(node.orelse, names)
    elif isinstance(node, ast.Name | ast.Attribute):
        yield from names.get(node.id if isinstance(node, ast.Name) else node.attr, [])


def said() -> set[str]:
    """List the sentences that go through ``say``."""
    found: set[str] = set()
    for path in PLUGIN.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            target.id: [str(part.value) for part in ast.walk(node.value) if is_text(part)]
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                found.update(constants(node.args[0], names))
    return found


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


SAID = said()


@pytest.mark.parametrize("text", sorted(SAID))
def test_a_sentence_of_the_plugin_is_in_chinese(text: str) -> None:
    assert text in CHINESE, f"write {text!r} into the plugin's chinese.py"
    assert sorted(re.findall(r"\{\w+\}", CHINESE[text])) == sorted(re.findall(r"\{\w+\}", text))


def test_the_plugin_says_much_through_one_function() -> None:
    assert len(SAID) > 60


def raised() -> dict[str, list[str]]:
    """Give what errors are raised with, ``{}`` for what is filled in, and the modules that do."""
    found: dict[str, list[str]] = {}
    root = Path(spatialccd.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                text = template_of(node.exc.args[0])
                if text:
                    found.setdefault(text, []).append(path.relative_to(root).as_posix())
    return found


def template_of(node: ast.expr) -> str:
    """Give a text with ``{}`` in its places; nothing for one that is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
    if isinstance(node, ast.BinOp):
        return template_of(node.left) + (template_of(node.right) or "{}")
    return ""


RAISED = raised()
#: Where all that is raised has its Chinese: what a form's fields and settings lead to.
TOLD = (
    "_align.py", "association/_layer.py", "association/_weights.py", "association/neighbors.py",
    "coupling/", "drivers/geodetector/", "dynamics/", "efficiency/", "index/", "network/qap.py",
    "network/_matrix.py", "network/gravity.py", "qgis/exchange.py", "qgis/jobs.py",
)  # fmt: skip
#: Said by Python callers only: no form leads there.
FOR_PYTHON = ("is not a ", "directions must name each", "years as units")


@pytest.mark.parametrize(
    "template",
    sorted(
        text
        for text, modules in RAISED.items()
        if any(module.startswith(TOLD) for module in modules)
        and re.search("[a-z]{4,} [a-z]{2,}", text)
        and not any(words in text for words in FOR_PYTHON)
    ),
)
def test_what_forms_lead_to_has_its_chinese(template: str) -> None:
    """A new error needs its line in ``qgis/words/errors.txt``."""
    told = retell(template.replace("{}", "7"), "zh")
    assert not re.search("[a-z]{4,} [a-z]{2,} [a-z]{2,}", told)


def test_no_line_is_left_of_an_error_that_is_gone() -> None:
    """Errors are raised in one piece, or put together of texts that stand in the code."""
    written = {
        text
        for path in Path(spatialccd.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant | ast.JoinedStr) and (text := template_of(node))
    }
    assert len(library()) > 200
    assert not set(library()) - set(RAISED) - written


@pytest.mark.parametrize("template", [*ERRORS, *library()])
def test_an_error_is_retold_with_all_that_it_names(template: str) -> None:
    count = template.count("{}")
    assert {**library(), **ERRORS}[template].count("{}") == count
    told = retell(template.format(*(f"N{i}" for i in range(count))), "zh")
    assert re.search("[\u4e00-\u9fff]", told)
    assert all(f"N{i}" in told for i in range(count))


def test_several_errors_of_one_text_are_told_each_by_its_template() -> None:
    """Also where a template has a "; " of its own, and where the same one comes twice."""
    family = [
        "engine='moments' has no family='poisson': the weights of a local likelihood change from "
        "place to place, and MGWR starts from one; take engine='sorted'",
        "client and family='poisson': likelihoods are not shared among workers; leave client out",
    ]
    told = [retell(text, "zh") for text in family]
    assert retell(". ".join(family), "zh") == "。".join(told)
    assert retell("; ".join([*family, family[0]]), "zh") == "；".join([*told, told[0]])
    unknown = "; ".join([family[1], "a sentence without any entry in the list"])
    assert "a sentence without any entry" in retell(unknown, "zh")


@pytest.mark.parametrize("name", advice.ADVICE)
def test_the_remedies_are_in_chinese(name: str) -> None:
    text = advice.ADVICE[name].format_map({"plane": "EPSG:4490"})
    assert retell(text, "zh") != text


@pytest.mark.parametrize("name", ENTRIES)
def test_a_form_is_in_chinese_too(name: str) -> None:
    """What lacks Chinese is shown in English; write it into qgis/words/parameters.txt."""
    entry = ENTRIES[name]
    for told in (entry, *entry["also"]):
        assert told["zh"]["name"]
        assert told["zh"]["help"]
    for parameter in parameters(entry):
        assert parameter["zh"], f"{name}.{parameter['name']} has no Chinese in parameters.txt"
        assert re.search("[\u4e00-\u9fff]", parameter["zh"]["label"] + parameter["zh"]["help"])


def test_no_word_stands_for_a_parameter_that_is_not_there() -> None:
    known = {f"{tool.name}.{p.name}" for tool in catalog.tools() for p in tool.parameters}
    names = {name.split(".")[-1] for name in known}
    for name in words.table():
        assert name in known or ("." not in name and name in names), name


FAULTS = _SPACE["FAULTS"]


@pytest.mark.parametrize("template", FAULTS)
def test_a_fault_worded_without_qgis_names_the_same_things(template: str) -> None:
    assert FAULTS[template].count("{}") == template.count("{}")


def test_every_fault_of_the_process_has_its_chinese() -> None:
    """Each text that such an error is raised with fits a template."""
    patterns = [re.compile(re.escape(t).replace(r"\{\}", ".*?")) for t in FAULTS]
    worded = []
    for name, error in (("client", "WorkerError"), ("own_python", "SetUpError")):
        tree = ast.parse((PLUGIN / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == error:
                worded.append(filled(node.args[0]))
    told = [text for text in worded if re.search("[a-z]", text)]
    assert len(told) > 10
    for text in told:
        assert any(pattern.fullmatch(text) for pattern in patterns), text


def filled(node: ast.expr) -> str:
    """Give a text with what stands in its places; nothing for one that is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else "X" for p in node.values]
        return "".join(parts)
    if isinstance(node, ast.BinOp):
        return filled(node.left) + (filled(node.right) or "X")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return filled(node.func.value).replace("{}", "X")
    return ""
