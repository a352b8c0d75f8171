"""The page on which a customer sees a quote, accepts it or declines it: plain HTML, no scripts."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from services.public_quotes import Offer, Stand
from services.quotes.acceptance import LONGEST_NAME, LONGEST_REASON

STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--muted:#566172;--line:#d5dbe3;--tint:#f4f6f9;
--sheet:#fff;--ground:#eceff3;--accent:#1f3a5f;--on:#fff;--good:#1a6b3c;--bad:#a3271c}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--muted:#a3adba;--line:#39424e;--tint:#222a34;
--sheet:#181e26;--ground:#0f1318;--accent:#9dc1f2;--on:#0f1318;--good:#7fd6a2;--bad:#ff9d92}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:2rem auto;padding:2.5rem;background:var(--sheet);border-radius:10px}
header{display:flex;justify-content:space-between;gap:2rem;flex-wrap:wrap}
header img{max-height:4rem;max-width:14rem;display:block;margin-bottom:.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:2rem 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1rem 0 .25rem}
ul{margin:.25rem 0;padding-left:1.25rem}
p{margin:.5rem 0}.small,dt,th{color:var(--muted);font-size:.875rem}
.number{text-align:right;margin:0}.number strong{display:block;font-size:1.5rem;color:var(--accent)}
.parties{display:flex;justify-content:space-between;gap:2rem;flex-wrap:wrap;margin-top:1.5rem}
dl{margin:0;display:grid;grid-template-columns:auto auto;gap:.2rem 1.5rem;align-content:start}
dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.sums{width:fit-content;margin:1rem 0 0 auto}
.total{font-weight:700;font-size:1.15rem;color:var(--ink)}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;background:var(--tint)}
th,td{padding:.5rem;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere}td small{display:block;color:var(--muted)}
.figure{text-align:right;white-space:nowrap}
.stand{padding:.75rem 1rem;border-left:4px solid var(--accent);background:var(--tint)}
.good{border-color:var(--good)}.bad{border-color:var(--bad)}
.wrong{color:var(--bad);font-weight:600}
form{display:grid;gap:1rem;max-width:30rem}label{display:block;font-weight:600}
input,textarea{width:100%;margin-top:.25rem;padding:.65rem;font:inherit;color:inherit;
background:var(--sheet);border:1px solid var(--muted);border-radius:6px}
button,.button{display:inline-block;padding:.75rem 1.25rem;font:inherit;font-weight:600;
border:2px solid var(--accent);border-radius:6px;background:var(--accent);color:var(--on);
text-decoration:none;cursor:pointer;text-align:center}
.plain{background:none;color:var(--accent)}
summary{cursor:pointer;padding:.5rem 0;font-weight:600}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
@media(max-width:40rem){main{margin:0;padding:1.25rem;border-radius:0}
.number,dd{text-align:left}.sums dd{text-align:right}.sums{width:100%}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr{display:block}tr{padding:.75rem 0;border-bottom:1px solid var(--line)}
td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0}
td[data-name]::before{content:attr(data-name);color:var(--muted)}td:first-child{display:block}
td:empty{display:none}
button,.button{width:100%}}
@media print{form,details,.button{display:none}body{background:none}}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self' data:; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the forms carry, what was filled in, and what was wrong with it."""

    token: str
    filled: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Sentences by the name of an input; under "" what is wrong with the whole."""


def offered(offer: Offer, key: str, asked: Asked) -> str:
    """The page of a quote, as far as it can be answered."""
    words = offer.words
    seller = escape(words["seller"]["name"])
    inner = "".join(
        [
            _letterhead(offer, key),
            f"<h1>{escape(words['title'])}</h1>",
            _stand(offer, seller),
            _alert(asked.wrong.get("", "")),
            _parties(words),
            _lines(words),
            _sums(words),
            _terms(words["terms"]),
            f"<p><a class='button plain' href='/q/{escape(key)}/pdf'>Download the quote as PDF</a>",
            _answers(offer, asked) if offer.stand is Stand.OPEN else "",
            f"<footer class=small>{escape(words['footer'])}</footer>",
        ]
    )
    return page(f"Quote {words['number']} from {words['seller']['name']}", inner)


def sentence(title: str, *paragraphs: str, again: bool = False) -> str:
    """A page that says one thing; it may look `again` by itself."""
    told = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return page(title, f"<h1>{escape(title)}</h1>{told}", again=again)


def page(title: str, inner: str, *, again: bool = False) -> str:
    """A page around what it shows; it has no icon, so that browsers ask for none."""
    refresh = "<meta http-equiv=refresh content=2>" if again else ""
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<meta name=robots content='noindex,nofollow'>{refresh}"
        f"<title>{escape(title)}</title><link rel=icon href='data:,'>"
        f"<style>{STYLE}</style></head><body><main>{inner}</main></body></html>"
    )


def _letterhead(offer: Offer, key: str) -> str:
    seller = offer.words["seller"]
    logo = f"<img src='/q/{escape(key)}/logo' alt=''>" if offer.logo else ""
    address = "<br>".join(escape(line) for line in seller["address"])
    return (
        f"<header><div>{logo}<strong>{escape(seller['name'])}</strong>"
        f"<p class=small>{address}</p></div>"
        f"<p class=number><strong>Quote</strong>{escape(offer.words['number'])}</p></header>"
    )


def _stand(offer: Offer, seller: str) -> str:
    """What has become of the quote, and what to do."""
    if offer.stand is Stand.OPEN:
        return ""
    told, kind = {
        Stand.ACCEPTED: (f"You have accepted this quote. {seller} will be in touch.", "good"),
        Stand.DECLINED: (
            f"This quote was declined. If you changed your mind, ask {seller} for a new one.",
            "bad",
        ),
        Stand.EXPIRED: (
            f"The time to accept this quote is over. Ask {seller} for a new one.",
            "bad",
        ),
        Stand.REVISED: (
            f"{seller} is revising this quote. You will be sent the new one.",
            "bad",
        ),
    }[offer.stand]
    return f"<p class='stand {kind}' role=status>{told}</p>"


def _parties(words: Mapping[str, Any]) -> str:
    customer = "<br>".join(escape(line) for line in words["customer"]["lines"])
    return (
        f"<div class=parties><p><span class=small>{escape(words['customer']['heading'])}</span><br>"
        f"{customer}</p>{_listed(words['facts'])}</div>"
    )


def _lines(words: Mapping[str, Any]) -> str:
    columns = [("Quantity", "quantity"), ("Unit price", "price")]
    columns += [("Discount", "discount")] if words["columns"]["discount"] else []
    columns += [("Tax", "tax")] if words["columns"]["tax"] else []
    columns.append(("Amount", "total"))
    heads = "".join(f"<th scope=col class=figure>{name}</th>" for name, _ in columns)
    rows = "".join(_line(line, columns) for line in words["lines"])
    return (
        "<h2>What is offered</h2><table role=table><thead role=rowgroup><tr role=row>"
        f"<th scope=col>Description</th>{heads}</tr></thead>"
        f"<tbody role=rowgroup>{rows}</tbody></table>"
    )


def _line(line: Mapping[str, Any], columns: Iterable[tuple[str, str]]) -> str:
    note = f"<small>{escape(line['note'])}</small>" if line["note"] else ""
    what = _broken(line["description"])
    figures = "".join(
        f"<td role=cell class=figure data-name='{name}'>{escape(line[key])}</td>"
        for name, key in columns
    )
    return f"<tr role=row><td role=cell><b>{what}</b>{note}</td>{figures}</tr>"


def _sums(words: Mapping[str, Any]) -> str:
    name, amount = words["total"]
    total = f"<dt class=total>{escape(name)}</dt><dd class=total>{escape(amount)}</dd>"
    return _listed(words["sums"], kind="sums", more=total)


def _listed(rows: Sequence[Sequence[str]], *, kind: str = "facts", more: str = "") -> str:
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f"<dl class={kind}>{items}{more}</dl>"


def _terms(blocks: Sequence[Mapping[str, Any]]) -> str:
    if not blocks:
        return ""
    told = "".join(_term(one["kind"], one["runs"]) for one in blocks)
    return f"<h2>Terms</h2>{told}"


def _term(kind: str, runs: Sequence[Mapping[str, Any]]) -> str:
    told = "".join(
        f"<b>{_broken(run['text'])}</b>" if run["bold"] else _broken(run["text"]) for run in runs
    )
    if kind == "heading":
        return f"<h3>{told}</h3>"
    return f"<ul><li>{told}</li></ul>" if kind == "item" else f"<p>{told}</p>"


def _broken(text: str) -> str:
    """A text with its line breaks."""
    return "<br>".join(escape(line) for line in text.split("\n"))


def _answers(offer: Offer, asked: Asked) -> str:
    """The forms by which a customer accepts, or declines."""
    carried = (
        f"<input type=hidden name=token value='{escape(asked.token)}'>"
        f"<input type=hidden name=edition value='{escape(offer.edition)}'>"
    )
    declining = asked.filled.get("answer") == "decline"
    accept, decline = (_UNASKED, asked) if declining else (asked, _UNASKED)
    name = _input(accept, "name", "accept-name", "Your full name", required=True)
    reason = _input(decline, "reason", "decline-reason", "What is the reason?", required=True)
    who = _input(decline, "name", "decline-name", "Your name, if you like", required=False)
    return (
        f"<h2>Your answer</h2><form method=post>{carried}{name}"
        f"<p>Date: <strong>{escape(offer.today)}</strong></p>"
        "<p class=small>By accepting you agree to this quote and to its terms.</p>"
        "<button name=answer value=accept>Accept the quote</button></form>"
        f"<details{' open' if declining else ''}><summary>Decline the quote</summary>"
        f"<form method=post>{carried}{reason}{who}"
        "<button class=plain name=answer value=decline>Decline the quote</button></form></details>"
    )


def _input(asked: Asked, name: str, key: str, label: str, *, required: bool) -> str:
    """A labelled input with what was filled in, and with what is wrong about it."""
    value, wrong = escape(asked.filled.get(name, "")), asked.wrong.get(name, "")
    described = f" aria-invalid=true aria-describedby={key}-wrong" if wrong else ""
    facts = f"id={key} name={name} maxlength={_LONGEST[name]}{described}"
    facts += " required" if required else ""
    field = (
        f"<textarea rows=3 {facts}>{value}</textarea>"
        if name == "reason"
        else f"<input autocomplete=name {facts} value='{value}'>"
    )
    told = f"<p class=wrong id={key}-wrong>{escape(wrong)}</p>" if wrong else ""
    return f"<div><label for={key}>{label}</label>{field}{told}</div>"


def _alert(wrong: str) -> str:
    return f"<p class='stand bad' role=alert>{escape(wrong)}</p>" if wrong else ""


_UNASKED = Asked("")
_LONGEST = {"name": LONGEST_NAME, "reason": LONGEST_REASON}
