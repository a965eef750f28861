"""The answer page: small, readable without scripts, in light and dark, made for a thumb at night."""

from html import escape

from tocsin.domains.notifications.wording import moment
from tocsin.domains.responses.service import Answer
from tocsin.domains.responses.views import AnswerFacts
from tocsin.domains.responses.wording import words
from tocsin.kernel.links import is_web_link

_STYLE = """
:root{color-scheme:light dark;--back:#f0f2f4;--card:#fff;--text:#1f2933;--quiet:#52606d;--line:#d5dae0;--link:#1558b0}
@media(prefers-color-scheme:dark){:root{--back:#14171a;--card:#1f2428;--text:#e4e7eb;--quiet:#9aa5b1;--line:#3a4249;
--link:#7cb8ff}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:17px/1.5 system-ui,-apple-system,
"Segoe UI","Helvetica Neue",Arial,sans-serif}main{max-width:560px;margin:24px auto;background:var(--card);
border-radius:6px;overflow:hidden}section{padding:16px 20px}h1{font-size:1.3rem;line-height:1.3;margin:0 0 8px;
overflow-wrap:anywhere}p{margin:8px 0}.state{margin:0;padding:12px 20px;color:#fff;font-weight:600}
.red{background:#b3261e}.amber{background:#8a5200}.green{background:#256b37}.grey{background:#52606d}
.note{border-left:4px solid var(--link);padding-left:12px}.quiet,dt{color:var(--quiet)}dl{display:grid;
grid-template-columns:auto 1fr;gap:4px 16px;margin:12px 0}dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;font-size:.95rem;border-top:1px solid var(--line);
padding-top:12px}form{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}button{flex:1 1 200px;min-height:52px;
border:2px solid transparent;border-radius:6px;color:#fff;font:inherit;font-weight:600;cursor:pointer}
.accept{background:#1c6fd1}.resolve{background:#2b7a3f}:focus-visible{outline:3px solid var(--link);outline-offset:2px}
a{color:var(--link)}
"""
_LONGEST_DETAILS = 4000


def answer_page(answer: Answer, *, base_url: str, is_unclear: bool = False) -> str:
    """The alert's state, what the answer led to, and the buttons that still make sense."""
    facts = answer.facts
    catalogue = words(facts.language)
    parts = [f"<h1>{escape(facts.summary)}</h1>"]
    note = catalogue["unclear"] if is_unclear else _note(answer)
    if note:
        parts.append(f'<p class="note" role="status">{escape(note)}</p>')
    if facts.is_drill:
        parts.append(f"<p>{escape(catalogue['drill'])}</p>")
    parts.append(_buttons(facts, with_question=answer.result == "SHOWN"))
    parts.append(_facts(facts))
    if facts.details:
        parts.append(f"<pre>{escape(facts.details[:_LONGEST_DETAILS])}</pre>")
    if facts.runbook_url and is_web_link(facts.runbook_url):
        parts.append(f'<p><a href="{escape(facts.runbook_url)}">{escape(catalogue["runbook"])}</a></p>')
    parts.append(
        f'<p><a href="{escape(base_url)}/alerts/{facts.alert_id}">{escape(catalogue["open"])}</a></p>'
    )
    colour, state = _state(facts)
    return _document(
        language="de" if facts.language.lower().startswith("de") else "en",
        title=f"#{facts.alert_id} {facts.summary}",
        body=f'<p class="state {colour}">{escape(state)}</p><section>{"".join(parts)}</section>',
    )


def gone_page(*, base_url: str, language: str) -> str:
    """For a link that is unknown or has expired."""
    catalogue = words(language)
    return _document(
        language="de" if language.lower().startswith("de") else "en",
        title=catalogue["gone_title"],
        body=f"<section><h1>{escape(catalogue['gone_title'])}</h1><p>{escape(catalogue['gone_text'])}</p>"
        f'<p><a href="{escape(base_url)}/">{escape(catalogue["sign_in"])}</a></p></section>',
    )


def _state(facts: AnswerFacts) -> tuple[str, str]:
    catalogue = words(facts.language)
    if facts.is_merged:
        return "grey", catalogue["merged"]
    if facts.status == "PENDING":
        return ("red" if facts.priority == "HIGH" else "amber"), catalogue["pending"]
    key, colour = ("resolved", "green") if facts.status == "RESOLVED" else ("accepted", "amber")
    text = catalogue[f"{key}_by"].format(name=facts.by) if facts.by else catalogue[key]
    return colour, f"{text}, {moment(facts.at, timezone=facts.timezone)}" if facts.at else text


def _note(answer: Answer) -> str | None:
    catalogue = words(answer.facts.language)
    match answer.result:
        case "DONE":
            return catalogue[f"done_{answer.action}"]
        case "ALREADY":
            key = "already_resolved" if answer.facts.status == "RESOLVED" else "already_accepted"
            return catalogue[key].format(name=answer.facts.by or catalogue["its_source"])
        case "NOT_ALLOWED":
            return catalogue["not_allowed"]
        case "SHOWN":
            return None


def _buttons(facts: AnswerFacts, *, with_question: bool) -> str:
    catalogue = words(facts.language)
    if facts.status == "RESOLVED" or facts.is_merged:
        return ""
    buttons = [
        f'<button class="{action}" name="action" value="{action}">{escape(catalogue[action])}</button>'
        for action in ("accept", "resolve")
        if action == "resolve" or facts.status == "PENDING"
    ]
    form = f'<form method="post">{"".join(buttons)}</form>'
    if not with_question:
        return form
    question = catalogue["question"].format(name=facts.user_name)
    return f'<p class="quiet">{escape(question)}</p>{form}'


def _facts(facts: AnswerFacts) -> str:
    catalogue = words(facts.language)
    rows = [
        (catalogue["alert"], f"#{facts.alert_id}"),
        (catalogue["source"], facts.source or ""),
        (catalogue["priority"], facts.priority),
        (catalogue["since"], moment(facts.report_time, timezone=facts.timezone)),
    ]
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows if value)
    return f"<dl>{shown}</dl>"


def _document(*, language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} · Tocsin</title>'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )
