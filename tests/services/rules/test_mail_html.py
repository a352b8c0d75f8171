"""HTML of mails: what is shown of it, and that no disorder makes it deep or long."""

import re

import pytest

from services.rules import mail_html
from services.rules.html_order import DEEPEST

LETTERS = "".join(f'<b lang="{at}">' for at in range(400))
DISORDER = {
    "closed in an attribute": '<ul a="</ul">' * 5_000,
    "closed in half an attribute": "<ul a='</ul><ul a=\"</ul>" * 5_000,
    "closed in a comment": "<ul><!--</ul-->" * 5_000,
    "closed in a title": "<ul><title></ul></title>" * 5_000,
    "closed beyond an object": "<div><object></div></object>" * 5_000,
    "closed beyond a cell": "<ul><table><td></ul></td></table>" * 5_000,
    "never closed": "<ul>" * 5_000,
    "letters over paragraphs": f"<p>{LETTERS}</p>" + "<p>x</p>" * 5_000,
    "letters over blocks": f"<p>{LETTERS}" + "<div>x</div>" * 5_000,
    "letters over items": f"<ul><li>{LETTERS}" + "<li>x" * 5_000,
    "letters between rows": f"<table>{LETTERS}" + "<tr><td></td></tr>x" * 5_000,
    "signs that are no tags": "< <<a b='" * 5_000,
}


def depth(html: str) -> int:
    """How deep the tags of cleaned HTML are nested."""
    deepest = now = 0
    for closes, name in re.findall(r"<(/?)([a-z0-9]+)", html):
        if name not in {"br", "hr", "img"}:
            now += -1 if closes else 1
        deepest = max(deepest, now)
    return deepest


@pytest.mark.parametrize("html", DISORDER.values(), ids=DISORDER)
def test_no_disorder_makes_html_deep_or_long(html: str):
    found = mail_html.cleaned(html)

    # Tables get the body and the row they lack.
    assert depth(found) <= 2 * DEEPEST
    assert len(found) <= 5 * len(html)


def test_what_is_too_deep_is_shown_as_its_text():
    found = mail_html.cleaned('<ul a="</ul">' * 5_000 + "Hello &lt;you&gt;")

    assert found.startswith("<p>")
    assert found.endswith("Hello &lt;you&gt;</p>")


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>a<p>b<div>c</div>", "<p>a</p><p>b</p><div>c</div>"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        (
            "<table><tr><td>1<td>2<tr><td>3</table>",
            "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>",
        ),
        ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ('<p title="<b>">a<br/>1 < 2 & 3</p>', "<p>a<br>1 &lt; 2 &amp; 3</p>"),
        ("<!--[if mso]><p>no</p><![endif]--><![if !mso]>yes<![endif]>", "yes"),
        ("<style>p{}</style><script>x</script><title>t</title>y", "y"),
        ("<center><font color=red>x</font></center>", "x"),
        ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
        ("<img alt='\">' src=cid:x onerror=y>", '<img alt="&quot;&gt;" src="cid:x">'),
        ("<div style='color:red;background:url(x)'>s</div>", "<div>s</div>"),
    ],
)
def test_html_is_put_in_order_as_browsers_do(html: str, shown: str):
    assert mail_html.cleaned(html) == shown


def test_links_keep_where_they_lead():
    found = mail_html.cleaned('<a href="https://x.example/?a=1&amp;b=2&c"title=John\'s>x</a>')

    assert mail_html.links(found) == ["https://x.example/?a=1&b=2&c"]
