"""Discord's documented limits of messages, which its published description does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.wire.state import components as parts
from tests.wire.state.components import Component
from tests.wire.state.world import COMPONENTS_V2

CONTENT, V2_TEXT, EMBED_TEXT = 2_000, 4_000, 6_000
COMPONENTS, ROWS, NONCE, FILES = 40, 5, 25, 10
FILE_BYTES = 10 << 20
_LARGEST_ID = (1 << 31) - 1
_NOT_WITH_V2 = ("content", "embeds", "poll", "sticker_ids")
_EMBED_FIELDS = {"title": 256, "description": 4_096}


def message_problems(body: dict[str, Any], flags: int, files: Sequence[str]) -> Iterator[str]:
    """Return what Discord would reject in a message; `files` are the names of its uploads."""
    v2 = bool(flags & COMPONENTS_V2)
    if len(body.get("content") or "") > CONTENT:
        yield f"content: must be {CONTENT} or fewer in length"
    if len(str(body.get("nonce") or "")) > NONCE:
        yield f"nonce: must be {NONCE} or fewer in length"
    if body.get("enforce_nonce") and body.get("nonce") is None:
        yield "enforce_nonce: there is no nonce"
    if v2:
        for name in _NOT_WITH_V2:
            if body.get(name):
                yield f"{name}: cannot be used with the flag IS_COMPONENTS_V2"
    yield from _embeds(body.get("embeds") or [])
    yield from _mentions(body.get("allowed_mentions") or {})
    yield from component_problems(body.get("components") or [], v2=v2)
    yield from _attachments(body, files)


def component_problems(components: Sequence[Component], *, v2: bool) -> Iterator[str]:
    """Return what Discord would reject in the components of a message."""
    every = list(parts.walk(components))
    if len(every) > COMPONENTS:
        yield f"components: {len(every)}, but {COMPONENTS} is the most, those inside included"
    if v2 and sum(len(part["content"]) for part in every if part["type"] == parts.TEXT_DISPLAY) > (
        V2_TEXT
    ):
        yield f"components: more than {V2_TEXT} characters of text in all"
    if not v2:
        if any(part["type"] != parts.ACTION_ROW for part in components):
            yield "components: other than action rows need the flag IS_COMPONENTS_V2"
        if len(components) > ROWS:
            yield f"components: more than {ROWS} action rows"
    yield from _ids(every)
    for part in every:
        yield from _part(part)


def _ids(every: Sequence[Component]) -> Iterator[str]:
    ids = [part["id"] for part in every if part.get("id")]
    if len(set(ids)) < len(ids):
        yield "components: an id stands twice"
    if any(not 0 < number <= _LARGEST_ID for number in ids):
        yield f"components: an id is not from 1 to {_LARGEST_ID}"
    custom = [part["custom_id"] for part in every if part.get("custom_id")]
    if len(set(custom)) < len(custom):
        yield "components: a custom_id stands twice"
    for custom_id in custom:
        if len(custom_id) > 100:
            yield "components: a custom_id is longer than 100"


def _part(part: Component) -> Iterator[str]:
    kind = part["type"]
    if kind == parts.ACTION_ROW:
        yield from _row(part["components"])
    elif kind == parts.BUTTON:
        yield from _button(part)
    elif kind in parts.SELECTS:
        yield from _select(part)
    elif kind == parts.SECTION:
        if not 1 <= len(part["components"]) <= 3:
            yield "section: one to three texts"
        if not part.get("accessory"):
            yield "section: an accessory is required"
    elif kind == parts.MEDIA_GALLERY and not 1 <= len(part["items"]) <= 10:
        yield "media gallery: one to ten items"


def _row(inside: Sequence[Component]) -> Iterator[str]:
    kinds = {part["type"] for part in inside}
    if kinds != {parts.BUTTON} and len(inside) != 1:
        yield "action row: either up to five buttons or one select"
    if not 1 <= len(inside) <= 5:
        yield "action row: one to five buttons"


def _button(button: Component) -> Iterator[str]:
    style = button["style"]
    if len(button.get("label") or "") > 80:
        yield "button: the label is longer than 80"
    if style == 5 and (not button.get("url") or button.get("custom_id")):
        yield "button: a link has a url and no custom_id"
    if style in range(1, 5) and (not button.get("custom_id") or button.get("url")):
        yield "button: needs a custom_id and no url"
    if style != 6 and not button.get("label") and not button.get("emoji"):
        yield "button: a label or an emoji is required"


def _select(select: Component) -> Iterator[str]:
    options = select.get("options") or []
    if select["type"] == parts.STRING_SELECT and not 1 <= len(options) <= 25:
        yield "select: one to 25 options"
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield "select: a value stands twice"
    for option in options:
        for name in ("label", "value", "description"):
            if len(option.get(name) or "") > 100:
                yield f"select: the {name} of an option is longer than 100"
        if not option["label"] or not option["value"]:
            yield "select: an option needs a label and a value"
    least, most = select.get("min_values"), select.get("max_values")
    if least is not None and most is not None and least > most:
        yield "select: min_values is more than max_values"
    if options and most is not None and most > len(options):
        yield "select: max_values is more than there are options"
    if len(select.get("placeholder") or "") > 150:
        yield "select: the placeholder is longer than 150"


def _embeds(embeds: Sequence[dict[str, Any]]) -> Iterator[str]:
    total = 0
    for embed in embeds:
        texts = {(name, most): embed.get(name) or "" for name, most in _EMBED_FIELDS.items()}
        texts["footer", 2_048] = (embed.get("footer") or {}).get("text") or ""
        texts["author", 256] = (embed.get("author") or {}).get("name") or ""
        fields = embed.get("fields") or []
        for index, field in enumerate(fields):
            texts[f"name of field {index}", 256] = field["name"]
            texts[f"value of field {index}", 1_024] = field["value"]
        for (name, most), text in texts.items():
            total += len(text)
            if len(text) > most:
                yield f"embeds: the {name} is longer than {most}"
        if len(fields) > 25:
            yield "embeds: more than 25 fields"
    if total > EMBED_TEXT:
        yield f"embeds: more than {EMBED_TEXT} characters in all"


def _mentions(allowed: dict[str, Any]) -> Iterator[str]:
    for name in ("users", "roles"):
        if name in (allowed.get("parse") or []) and allowed.get(name):
            yield f"allowed_mentions: parse has {name}, so no {name} can be listed"


def _attachments(body: dict[str, Any], files: Sequence[str]) -> Iterator[str]:
    declared = body.get("attachments") or []
    if len(files) > FILES or len(declared) > FILES:
        yield f"attachments: more than {FILES}"
    known = {*files, *(each.get("filename") for each in declared)}
    for media in parts.media_of(body.get("components") or []):
        scheme, _, name = media["url"].partition("://")
        if scheme == "attachment" and name not in known:
            yield f"components: no file {name} was sent along"
        elif scheme not in ("attachment", "http", "https"):
            yield f"components: {media['url'][:50]} is no address of a file"
