"""What people type becomes HTML: CommonMark without raw HTML and pictures, and a second lock behind it.

markdown-it makes the tags, nh3 lets only those of the list out: whatever the first one overlooks, the second removes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 10_000
"""Characters of a text that is rendered; the rest is left out."""
MOST_MARKS = 1500
"""Marks in a text that somebody could mean. One with more is shown as it was typed: its marks cost time, not sense."""

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}
REL = "noopener noreferrer nofollow"

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MARK = re.compile(r"[*_\[`~<\\&]")
_AFTER_ADDRESS = ".,;:!?'*_~)]}"


def to_html(text: str, names: Sequence[str] = ()) -> str:
    """Safe HTML of the text. `@` before one of the `names` is a mention, and stands out."""
    return _to_html(text[:LONGEST], tuple(names))


@lru_cache(maxsize=256)
def _to_html(text: str, names: tuple[str, ...]) -> str:
    """The same texts are shown again and again: what is long is made once."""
    env = {"mention": mention_pattern(names)} if names else {}
    maker = _PLAIN if len(_MARK.findall(text)) > MOST_MARKS else _MARKDOWN
    made = maker.render(text, env)
    return nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=REL,
    )


def mention_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Finds `@name` where a word begins, in any case; of two names that begin alike the longer one."""
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return re.compile(rf"(?<![\w@.])@({either})(?!\w)", re.IGNORECASE)


def _headings_are_paragraphs(state: StateCore) -> None:
    """A comment has no place in the outline of the page: its headings are strong paragraphs."""
    for number, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            opens = token.nesting == 1
            token.type, token.tag = ("paragraph_open" if opens else "paragraph_close"), "p"
            if opens:
                inline = state.tokens[number + 1]
                inline.children = _around("strong", inline.children or [])


def _words_stand_out(state: StateCore) -> None:
    """Addresses become links, and mentions strong; not inside of links, and never inside of code."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_each(token.children, state.env.get("mention")))


def _each(children: Sequence[Token], mention: re.Pattern[str] | None) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or depth:
            yield child
        else:
            yield from _split(child.content, mention)


def _split(text: str, mention: re.Pattern[str] | None) -> Iterator[Token]:
    """The text with its addresses as links, and what lies between them with its mentions."""
    at = 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_ADDRESS)
        yield from _mentions(text[at : found.start()], mention)
        yield from _around("link", [_text(address)], tag="a", href=_MARKDOWN.normalizeLink(address))
        at = found.start() + len(address)
    yield from _mentions(text[at:], mention)


def _mentions(text: str, mention: re.Pattern[str] | None) -> Iterator[Token]:
    at = 0
    for found in mention.finditer(text) if mention else ():
        yield _text(text[at : found.start()])
        yield from _around("strong", [_text(found[0])])
        at = found.end()
    yield _text(text[at:])


def _around(kind: str, inside: list[Token], tag: str = "", **attributes: str) -> list[Token]:
    tag = tag or kind
    opens = Token(f"{kind}_open", tag, 1, attrs=dict(attributes))
    return [opens, *inside, Token(f"{kind}_close", tag, -1)]


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _make() -> MarkdownIt:
    # Nesting is bounded: ten thousand brackets or quotes are work for a few milliseconds.
    options = {"html": False, "breaks": True, "maxNesting": 12}
    made = MarkdownIt("commonmark", options).enable("strikethrough").disable(["image", "reference"])
    return _with_our_rules(made)


def _make_plain() -> MarkdownIt:
    """Paragraphs and lines, addresses and mentions; every mark is a letter."""
    made = MarkdownIt("zero", {"html": False, "breaks": True}).enable("newline")
    return _with_our_rules(made)


def _with_our_rules(made: MarkdownIt) -> MarkdownIt:
    made.core.ruler.push("headings", _headings_are_paragraphs)
    made.core.ruler.push("words", _words_stand_out)
    return made


_MARKDOWN, _PLAIN = _make(), _make_plain()
