"""The sentences of the timeline, in both languages."""

import pytest

from tocsin.domains.timeline import texts
from tocsin.domains.timeline.texts import filter_type, text_of, types_of

NAMES = {7: "Ada Lovelace", 8: "Bob Kern"}


@pytest.mark.parametrize(
    ("entry_type", "vars", "english", "german"),
    [
        (
            "AlertAssignedBySystemLogEntry",
            {"userId": 7, "level": 0},
            "Escalation assigned the alert to Ada Lovelace (level 1)",
            "Eskalation hat den Alarm Ada Lovelace zugewiesen (Stufe 1)",
        ),
        (
            "UserResponseLogEntry",
            {"userId": 8, "action": "ACCEPTED", "channel": "web"},
            "Bob Kern accepted the alert (web)",
            "Bob Kern hat den Alarm angenommen (web)",
        ),
        (
            "AlertSourceResponseLogEntry",
            {"status": "RESOLVED"},
            "Resolved by the alert source",
            "Von der Quelle gelöst",
        ),
        (
            "NobodyOnCallLogEntry",
            {"level": 1},
            "Level 2 reaches nobody, going on at once",
            "Stufe 2 erreicht niemanden, weiter",
        ),
    ],
)
def test_an_entry_is_a_sentence_in_the_readers_language(
    entry_type: str, vars: dict[str, object], english: str, german: str
) -> None:
    assert text_of(entry_type, vars, names=NAMES, language="en") == english
    assert text_of(entry_type, vars, names=NAMES, language="de") == german
    assert text_of(entry_type, vars, names=NAMES, language="fr") == english


def test_both_languages_know_the_same_entries() -> None:
    assert set(texts._EN) == set(texts._DE)


@pytest.mark.parametrize("entry_type", [*texts._EN, "SomethingNewLogEntry", "UserResponseLogEntry"])
def test_an_entry_that_lacks_its_facts_still_says_something(entry_type: str) -> None:
    assert text_of(entry_type, {}, names={}, language="en")


def test_braces_in_what_people_write_are_left_alone() -> None:
    vars = {"creator": "bot", "content": "{user} {0} %s {"}
    assert text_of("AlertCommentAddedLogEntry", vars, names={}, language="en") == "bot: {user} {0} %s {"


def test_filters_name_types_and_everything_else_is_an_update_of_the_alert() -> None:
    assert filter_type("NotificationLogEntry") == "NOTIFICATIONS"
    assert filter_type("HeartbeatOverdueLogEntry") == "ALERT_SOURCE_EVENTS"
    assert filter_type("AnythingLogEntry") == "ALERT_UPDATES"
    named, is_all_else = types_of({"NOTIFICATIONS", "ALERT_UPDATES"})
    assert "NotificationLogEntry" in named
    assert is_all_else
    assert types_of({"CONNECTOR_EVENTS"}) == (set(), False)
