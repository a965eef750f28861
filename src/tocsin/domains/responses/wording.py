"""The words of the answer page, in English and German."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "pending": "Nobody has reacted yet",
    "accepted": "Accepted",
    "accepted_by": "Accepted by {name}",
    "resolved": "Resolved",
    "resolved_by": "Resolved by {name}",
    "merged": "Merged into another alert",
    "done_accept": "Thank you. You have accepted this alert; nobody else is paged for it.",
    "done_resolve": "Thank you. You have resolved this alert.",
    "already_accepted": "This alert was already accepted by {name}. Nothing was changed.",
    "already_resolved": "This alert was already resolved by {name}. Nothing was changed.",
    "somebody": "somebody else",
    "its_source": "its source",
    "not_allowed": "This cannot be done from here any more: your role only reads alerts, or the alert was merged "
    "into another one. Open Tocsin to see it.",
    "unclear": "Nothing was changed: choose Accept or Resolve.",
    "accept": "Accept alert",
    "resolve": "Resolve alert",
    "question": "Opening this page changes nothing. Choose what you, {name}, want to do:",
    "source": "Source",
    "since": "Since",
    "priority": "Priority",
    "alert": "Alert",
    "runbook": "What to do (runbook)",
    "open": "Open the alert in Tocsin",
    "drill": "This is a drill: nothing is broken.",
    "gone_title": "This link does not work any more",
    "gone_text": "Links in mails work for 7 days and only for the person they were sent to. Sign in to Tocsin to see "
    "your alerts.",
    "sign_in": "Open Tocsin",
}

GERMAN: Mapping[str, str] = {
    "pending": "Noch hat niemand reagiert",
    "accepted": "Angenommen",
    "accepted_by": "Angenommen von {name}",
    "resolved": "Gelöst",
    "resolved_by": "Gelöst von {name}",
    "merged": "Mit einem anderen Alarm zusammengeführt",
    "done_accept": "Danke. Sie haben diesen Alarm angenommen; sonst wird dafür niemand mehr gerufen.",
    "done_resolve": "Danke. Sie haben diesen Alarm gelöst.",
    "already_accepted": "Dieser Alarm wurde schon von {name} angenommen. Es wurde nichts geändert.",
    "already_resolved": "Dieser Alarm wurde schon von {name} gelöst. Es wurde nichts geändert.",
    "somebody": "jemand anderem",
    "its_source": "seiner Quelle",
    "not_allowed": "Das geht von hier aus nicht mehr: Ihre Rolle liest Alarme nur, oder der Alarm wurde mit einem "
    "anderen zusammengeführt. Öffnen Sie Tocsin, um ihn zu sehen.",
    "unclear": "Es wurde nichts geändert: Wählen Sie Annehmen oder Lösen.",
    "accept": "Alarm annehmen",
    "resolve": "Alarm lösen",
    "question": "Das Öffnen dieser Seite ändert nichts. Wählen Sie, {name}, was Sie tun möchten:",
    "source": "Quelle",
    "since": "Seit",
    "priority": "Priorität",
    "alert": "Alarm",
    "runbook": "Was zu tun ist (Runbook)",
    "open": "Alarm in Tocsin öffnen",
    "drill": "Dies ist eine Übung: Nichts ist ausgefallen.",
    "gone_title": "Dieser Link gilt nicht mehr",
    "gone_text": "Links in Mails gelten 7 Tage und nur für die Person, der sie geschickt wurden. Melden Sie sich bei "
    "Tocsin an, um Ihre Alarme zu sehen.",
    "sign_in": "Tocsin öffnen",
}


def words(language: str) -> Mapping[str, str]:
    """The catalogue of a language; English for one we do not have."""
    return GERMAN if language.lower().startswith("de") else ENGLISH
