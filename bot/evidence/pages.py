"""The bundle's facts as Markdown for a ticket, and as one HTML page that opens without a network."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from bot.texts import text

_STYLE = """:root{color-scheme:light dark;--line:#8885;--soft:#8882}
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1.5rem 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid var(--line);padding-top:1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.3rem .6rem .3rem 0}
th{font-weight:600;width:12rem}pre{background:var(--soft);padding:.75rem;border-radius:.5rem;white-space:pre-wrap}
@media(max-width:32rem){th,td{display:block;width:auto;padding-bottom:0}td{padding-bottom:.5rem}}"""
SECTIONS = ("when", "service", "failure", "request", "response", "ids", "attempts", "status_page", "second_environment", "environment")


def markdown(facts: Mapping[str, Any], curl: str) -> str:
    """The content of EVIDENCE.md."""
    lines = [f"# {text('evidence.title')}", "", text("evidence.lead"), ""]
    for name in SECTIONS:
        lines += [f"## {text(f'evidence.section.{name}')}", ""]
        rows, block = _parts(facts[name])
        lines += [f"- **{key}**: {_line(value)}" if key else _line(value) for key, value in rows]
        if block:
            lines += ["", "```json", block, "```"]
        if name == "request":
            lines += ["", text("evidence.curl"), "", "```sh", curl, "```"]
        lines.append("")
    return "\n".join(lines)


def page(facts: Mapping[str, Any], curl: str) -> str:
    """The content of evidence.html."""
    parts = [f"<h1>{_e(text('evidence.title'))}</h1>", f"<p>{_e(text('evidence.lead'))}</p>"]
    for name in SECTIONS:
        parts.append(f"<h2>{_e(text(f'evidence.section.{name}'))}</h2>")
        rows, block = _parts(facts[name])
        if rows:
            cells = "\n".join(f"<tr><th scope=row>{_e(key)}</th><td>{_e(_line(value))}</td></tr>" for key, value in rows)
            parts.append(f"<table>\n{cells}\n</table>")
        if block:
            parts.append(f"<pre>\n{_e(block)}\n</pre>")
        if name == "request":
            parts.append(f"<p>{_e(text('evidence.curl'))}</p><pre>{_e(curl)}</pre>")
    head = f"<title>{_e(text('evidence.title'))}</title><style>{_STYLE}</style>"
    meta = '<meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1">'
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    body = "\n".join(parts)
    return f"<!doctype html><html lang=en><head>{meta}{policy}{head}</head><body>\n{body}\n</body></html>\n"


def _parts(value: Any) -> tuple[list[tuple[str, Any]], str]:
    """Split facts into table rows for simple values and a JSON block for the rest."""
    if not isinstance(value, Mapping):
        return ([("", value)] if isinstance(value, str) else [], "" if isinstance(value, str) else _json(value))
    flat = [(name.replace("_", " "), one) for name, one in value.items() if not isinstance(one, list) and not _deep(one)]
    deep = {name: one for name, one in value.items() if isinstance(one, list) or _deep(one)}
    return flat, _json(deep) if deep else ""


def _deep(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) != {"local", "zone", "utc"}


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['local']} ({value['zone']}), UTC {value['utc']}"
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return " ".join(str(value).split())


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _e(value: str) -> str:
    return html.escape(value)
