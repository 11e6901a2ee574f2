"""Sentences that members read stand where a translator finds them: see CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

OTHER_MODULES = {
    "cogs/framework/texts.py",  # what several rooms show
    "cogs/settings/settings_sections.py",  # the settings: label, control and sentence of each
}
"""Besides the screens, where sentences may stand."""

_LABELS = frozenset({"label", "placeholder", "title", "text", "description"})
"""Arguments and attributes with the words on a control, which stand beside it."""
_SHOWN = frozenset({"UserError", "OptionNeeded", "notice", "card"})
"""What is shown as it is handed to these."""
_DEFECTS = frozenset(
    {"AssertionError", "KeyError", "NotImplementedError", "RuntimeError", "TypeError", "ValueError"}
)


def _name(node: ast.expr | None) -> str:
    """Return the last part of the name of what is called or raised."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _exempt(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that hold no sentence for members."""
    match node:
        case ast.Expr(value=ast.Constant()):
            yield node  # A docstring.
        case ast.ClassDef():  # Among others the name of a group of commands.
            yield from node.decorator_list
            yield from node.keywords
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from node.decorator_list  # What describes a command and its options.
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"))):
            yield node
        case ast.Call() if _name(node) == "Choice":
            yield node
        case ast.Assign(targets=[ast.Name(id="label")]):
            yield node
        case ast.Call():
            yield from (keyword for keyword in node.keywords if keyword.arg in _LABELS)
        case ast.Raise() if _name(node.exc) in _DEFECTS:
            yield node


def _text(node: ast.AST) -> str | None:
    """Return what a string says, with `{}` for what is filled in; None if it is no string."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(_text(part) or "{}" for part in node.values)
    return None


def _is_sentence(text: str) -> bool:
    """Return whether a text has three words and begins as a sentence does, signs left out."""
    start = re.search(r"[^\W\d_]|\{", text)
    words = [word for word in text.split() if re.search(r"[^\W\d_]", word)]
    return start is not None and len(words) >= 3 and (start[0] == "{" or start[0].isupper())


def find_sentences(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each sentence for members in the source of a module."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        exempt = set(_exempt(node))
        if node in exempt:
            continue
        text = _text(node)
        if text is not None and _is_sentence(text):
            yield getattr(node, "lineno", 0), text
        if isinstance(node, ast.Call) and _name(node) in _SHOWN:
            for argument in node.args[:1]:
                shown = _text(argument)
                if shown is not None and not _is_sentence(shown) and re.search(r"[^\W\d_]", shown):
                    yield argument.lineno, shown
        if isinstance(node, ast.JoinedStr):
            waiting += [one for one in node.values if not isinstance(one, ast.Constant)]
        else:
            waiting += [one for one in ast.iter_child_nodes(node) if one not in exempt]


def test_sentences_stand_in_screens() -> None:
    elsewhere = [
        f"{name}:{line}: {text}"
        for path in sorted((ROOT / "cogs").rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in OTHER_MODULES
        and not name.endswith("_screen.py")
        for line, text in sorted(find_sentences(path.read_text(encoding="utf-8")))
    ]
    assert elsewhere == []


def test_modules_with_sentences_exist() -> None:
    assert all((ROOT / name).exists() for name in OTHER_MODULES)


@pytest.mark.parametrize(
    "source",
    [
        'raise UserError("Some new sentence here.")',
        'raise UserError(f"**{name}** is not followed.")',
        'raise UserError("Too late.")',
        'await respond(interaction, notice("Done."))',
        'text = "✅ This is done now"',
        'raise RateLimited(f"Kaggle asks for fewer calls; try again in {minutes} min.")',
        'button = "Nothing was changed." if same else label',
    ],
)
def test_new_sentences_are_found(source: str) -> None:
    assert list(find_sentences(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""Docstring of a module, a sentence of its own."""',
        'logger.warning("The notebooks of %s were not checked: %s", name, error)',
        '@app_commands.describe(season="The season of this server")\ndef show(season): ...',
        'ui.Button(label="Link your Kaggle account", custom_id="link:modal")',
        'raise ValueError("No such step in this list")',
        "raise UserError(taken_text(name, user_id))",
        'custom_id = f"board:{action}:{competition_id}"',
    ],
)
def test_other_strings_are_not(source: str) -> None:
    assert not list(find_sentences(source))
