"""What people type becomes HTML that holds nothing but the tags of the list."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.lib.markdown import REL, TAGS, to_html

PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=y>", "[x](javascript:alert(1))", "[x](data:text/html,y)", "[",
    "](", ")", "![a](https://x.example/y.png)", "<https://x.example>", "https://x.example/?a=b&c=<d>", "**", "_", "~~",
    "`", "```\n", "> ", "- ", "1. ", "# ", "\n", "\n\n", "&lt;script&gt;", "&#x6a;avascript:", "@Jane", "\\", "---",
    "[a]: javascript:x\n", "<a href='x' style='y'>", "<!--", "]]>", "\u202e", "😀", "a", "[x](//elsewhere.example)",
    "<mailto:a@b.example>", "[x](vbscript:x)", "[x](JaVaScRiPt:x)", "[x]( java\tscript:x)", "<svg/onload=x>",
]  # fmt: skip


class Checked(HTMLParser):
    """Fails at the first tag or attribute that is not of the list."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        found = dict(attrs)
        assert set(found) <= ({"href", "rel"} if tag == "a" else set()), found
        if tag == "a":
            assert found["rel"] == REL
            assert (
                (found.get("href") or "https:")
                .lower()
                .startswith(("http://", "https://", "https:", "mailto:"))
            )

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=30).map("".join))
@settings(max_examples=300)
@example("[x](javascript:alert(1))")
@example("<a href='javascript:x' onclick=y>")
def test_nothing_else_ever_comes_out(text: str) -> None:
    checked = Checked(convert_charrefs=False)
    checked.feed(to_html(text, ["Jane", "Jane Doe"]))
    checked.close()


@pytest.mark.parametrize(
    "piece", ["[", "*", "_a", ">", "`", "[](", "- ", "<", "~~a", "@", "![[", "&", "a**b", "http://"]
)
def test_no_pattern_stalls_it(piece: str) -> None:
    begun = time.process_time()
    to_html(piece * (10_000 // len(piece)), ["Jane"])
    assert time.process_time() - begun < 1.5


def test_what_nobody_could_mean_is_shown_as_it_was_typed() -> None:
    made = to_html("**a**\n<b> https://x.example @Jane\n\n" + "*a* [b](c) " * 600, ["Jane"])
    link = f'<a href="https://x.example" rel="{REL}">https://x.example</a>'
    assert made.startswith(f"<p>**a**<br>\n&lt;b&gt; {link} <strong>@Jane</strong></p>")
    assert "*a* [b](c) *a*" in made
    assert "<em>a</em>" in to_html("*a* [b](c) " * 400)


def test_what_people_write_looks_as_they_meant_it() -> None:
    made = to_html("# Plan\n\nTwo *or* **three**:\n\n- one\n- ~~two~~\n\n> said\n\n```\n<b>\n```\nline\nnext")
    for part in (
        "<p><strong>Plan</strong></p>", "<em>or</em>", "<strong>three</strong>", "<li>one</li>", "<s>two</s>",
        "<blockquote>", "<code>&lt;b&gt;", "line<br>\nnext",
    ):  # fmt: skip
        assert part in made


def test_addresses_are_links_that_give_nothing_away() -> None:
    made = to_html("See https://x.example/a_b?c=1&d=2. And `https://y.example`.")
    assert (
        f'<a href="https://x.example/a_b?c=1&amp;d=2" rel="{REL}">https://x.example/a_b?c=1&amp;d=2</a>. And'
        in made
    )
    assert "<code>https://y.example</code>" in made


def test_a_mention_stands_out_and_the_longer_name_wins() -> None:
    made = to_html("@jane doe and @Jane, not a@Jane.example, not `@Jane`, not @Janet", ["Jane", "Jane Doe"])
    assert made.count("<strong>") == 2
    assert "<strong>@jane doe</strong> and <strong>@Jane</strong>," in made


@given(st.lists(st.text(min_size=1, max_size=30), max_size=3), st.text(max_size=60))
@settings(max_examples=50)
def test_no_name_breaks_it(names: list[str], text: str) -> None:
    checked = Checked()
    checked.feed(to_html(text + "".join(f" @{name}" for name in names), names))
