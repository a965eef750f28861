"""What a notification says by mail: subject, text and HTML of the same facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from tocsin.domains.notifications import template
from tocsin.domains.notifications.claims import AlertFacts, Due
from tocsin.domains.notifications.wording import label, language_of, moment, shown, span, words
from tocsin.kernel.links import is_web_link

RED, AMBER, GREEN, GREY = "#b3261e", "#9a5b00", "#2b7a3f", "#52606d"
LONGEST_DETAILS = 4000
MOST_FACTS = 20
MOST_LINKS = 10
_SAID_ELSEWHERE = frozenset({"monitorId", "monitors", "kind"})  # of heartbeat alerts: by the details


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """A letter before it is set: the two parts are made from this alone."""

    subject: str
    band: str
    state: str
    title: str
    lead: str
    facts: Sequence[tuple[str, str]]
    details: str
    links: Sequence[tuple[str, str]]
    footer: str
    action_url: str | None = None


def letter_of(due: Due, *, base_url: str, token: str | None, takes_replies: bool) -> Letter:
    """Write the mail of a claimed notification. token: of its action page."""
    catalogue = words(due.language)
    if due.alert is None or due.kind in {"TEST", "SYSTEM"}:
        content = _message(due, catalogue=catalogue, base_url=base_url)
    elif due.kind == "RECOVERY":
        content = _recovery(due, due.alert, catalogue=catalogue, base_url=base_url)
    else:
        url = f"{base_url}/n/{token}" if token else None
        content = _page(
            due,
            due.alert,
            catalogue=catalogue,
            base_url=base_url,
            action_url=url,
            takes_replies=takes_replies,
        )
    return Letter(
        subject=content.subject,
        text=_as_text(content, catalogue),
        html=_as_html(content, catalogue, language=language_of(due.language)),
    )


def _page(
    due: Due,
    alert: AlertFacts,
    *,
    catalogue: Mapping[str, str],
    base_url: str,
    action_url: str | None,
    takes_replies: bool,
) -> _Content:
    repeat = int(due.why.get("repeat") or 0)
    state = catalogue["reminder"].format(number=repeat) if repeat else catalogue["action_needed"]
    lead = catalogue["page_lead"]
    if alert.is_drill:
        lead = f"{catalogue['drill_lead']}\n\n{lead}"
    footer = catalogue["footer"].format(base_url=base_url)
    return _Content(
        subject=f"{_drill(alert)}[{alert.priority}] #{alert.id} {alert.summary}",
        band=RED if alert.priority == "HIGH" else AMBER,
        state=_drill_words(alert, catalogue) + f"{state} · {catalogue.get(alert.priority, alert.priority)}",
        title=alert.summary,
        lead=lead,
        facts=[*_known_facts(due, alert, catalogue), *_custom_facts(alert, due.timezone, catalogue)],
        details=(alert.details or "").strip()[:LONGEST_DETAILS],
        links=_links(alert, catalogue, base_url=base_url),
        footer=f"{catalogue['reply_hint']}\n{footer}" if takes_replies and action_url else footer,
        action_url=action_url,
    )


def _recovery(due: Due, alert: AlertFacts, *, catalogue: Mapping[str, str], base_url: str) -> _Content:
    since = _outage_began(alert)
    over = alert.resolved_on or due.planned_at
    length = span(over - since)
    facts = [
        (catalogue["alert"], f"#{alert.id}"),
        *([(catalogue["source"], alert.source)] if alert.source else []),
        (catalogue["since"], moment(since, timezone=due.timezone)),
        (catalogue["until"], moment(over, timezone=due.timezone)),
        (catalogue["length"], length),
        *([(catalogue["resolved_by"], alert.resolved_by)] if alert.resolved_by else []),
    ]
    return _Content(
        subject=f"{_drill(alert)}[RESOLVED] #{alert.id} {alert.summary}",
        band=GREEN,
        state=_drill_words(alert, catalogue) + f"{catalogue['resolved']} · {length}",
        title=alert.summary,
        lead=catalogue["recovery_lead"].format(length=length),
        facts=facts,
        details="",
        links=[(catalogue["open_alert"], f"{base_url}/alerts/{alert.id}")],
        footer=catalogue["plain_footer"].format(base_url=base_url),
    )


def _message(due: Due, *, catalogue: Mapping[str, str], base_url: str) -> _Content:
    is_test = due.kind == "TEST"
    title = catalogue["test"] if is_test else (due.subject or catalogue["message"])
    return _Content(
        subject=f"[{'TEST' if is_test else 'TOCSIN'}] {title}",
        band=GREY if is_test else AMBER,
        state=catalogue["test"] if is_test else catalogue["message"],
        title=title,
        lead=catalogue["test_lead"] if is_test else str(due.why.get("text", ""))[:LONGEST_DETAILS],
        facts=[],
        details="",
        links=[("Tocsin", base_url)],
        footer=catalogue["plain_footer"].format(base_url=base_url),
    )


def _drill(alert: AlertFacts) -> str:
    return "[DRILL] " if alert.is_drill else ""


def _drill_words(alert: AlertFacts, catalogue: Mapping[str, str]) -> str:
    return f"{catalogue['drill']} · " if alert.is_drill else ""


def _outage_began(alert: AlertFacts) -> datetime:
    """What broke may have broken before the alert was opened; the source says so in `overdueSince`."""
    said = alert.custom_details.get("overdueSince")
    if isinstance(said, str):
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            return alert.report_time
        if at.tzinfo is not None and at <= alert.report_time:
            return at
    return alert.report_time


def _known_facts(due: Due, alert: AlertFacts, catalogue: Mapping[str, str]) -> list[tuple[str, str]]:
    facts = [(catalogue["alert"], f"#{alert.id}")]
    if alert.source:
        facts.append((catalogue["source"], alert.source))
    facts.append((catalogue["priority"], alert.priority))
    facts.append((catalogue["since"], moment(alert.report_time, timezone=due.timezone)))
    if alert.policy:
        level = due.why.get("level")
        suffix = f", {catalogue['level'].format(number=level + 1)}" if isinstance(level, int) else ""
        facts.append((catalogue["policy"], f"{alert.policy}{suffix}"))
    fallback = due.why.get("fallback")
    if fallback:
        facts.append((catalogue["why"], catalogue["fallback"].format(reason=fallback)))
    return facts


def _custom_facts(alert: AlertFacts, timezone: str, catalogue: Mapping[str, str]) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    for key, value in alert.custom_details.items():
        if key in _SAID_ELSEWHERE or (value is None and key != "lastPing") or len(facts) == MOST_FACTS:
            continue
        if value is None:
            text = catalogue["never"]
        elif key.endswith("Sec") and isinstance(value, int) and 0 <= value < 10**9:
            text = span(timedelta(seconds=value))
        else:
            text = shown(value, timezone=timezone)
        facts.append((label(str(key), catalogue=catalogue), text))
    return facts


def _links(alert: AlertFacts, catalogue: Mapping[str, str], *, base_url: str) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    if alert.runbook_url and is_web_link(alert.runbook_url):
        links.append((catalogue["runbook"], alert.runbook_url))
    links.append((catalogue["open_alert"], f"{base_url}/alerts/{alert.id}"))
    for link in alert.links[:MOST_LINKS]:
        url = _text(link.get("href")) or _text(link.get("url"))
        if url and is_web_link(url) and url != alert.runbook_url:
            links.append((_text(link.get("text")) or url, url))
    return links


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _as_text(content: _Content, catalogue: Mapping[str, str]) -> str:
    blocks = [content.state.upper(), content.title, content.lead]
    if content.action_url:
        blocks.append(f"{catalogue['confirm']}:\n{content.action_url}")
    if content.facts:
        blocks.append("\n".join(f"{name}: {value}" for name, value in content.facts))
    if content.details:
        blocks.append(content.details)
    blocks.append("\n".join(f"{name}: {url}" if name != url else url for name, url in content.links))
    blocks.append(f"-- \n{content.footer}")
    return "\n\n".join(blocks) + "\n"


def _as_html(content: _Content, catalogue: Mapping[str, str], *, language: str) -> str:
    facts = "".join(
        '<tr><th scope="row" style="text-align:left;vertical-align:top;font-weight:400;'
        'padding:4px 16px 4px 0">'
        f'{escape(name)}</th><td style="vertical-align:top;padding:4px 0">{escape(value)}</td></tr>'
        for name, value in content.facts
    )
    links = "<br>".join(
        f'<a class="link" href="{escape(url)}">{escape(name)}</a>' for name, url in content.links
    )
    return template.letter(with_actions=content.action_url is not None).fill(
        {
            "lang": language,
            "title": escape(content.title),
            "preview": escape(content.lead.split("\n", 1)[0]),
            "band": content.band,
            "state": escape(content.state),
            "lead": _broken(content.lead),
            "facts": facts,
            "details": _broken(content.details),
            "links": links,
            "footer": _broken(content.footer),
            "action_url": escape(content.action_url or ""),
            "accept": escape(catalogue["accept"]),
            "resolve": escape(catalogue["resolve"]),
        }
    )


def _broken(text: str) -> str:
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>\n")
