"""Every event has its sentence, and no event can break the page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from accounts.choices import Verb
from accounts.models import Event
from plans.pages.history import SENTENCES, conflict_sentence, history_lines, sentence

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def event(verb, **parts) -> Event:
    return Event(**{"verb": verb, "actor_name": "Anna", "subject": "Send the list", "at": AT} | parts)


def test_no_verb_lacks_a_sentence():
    assert set(SENTENCES) == set(Verb)


@pytest.mark.parametrize("verb", Verb)
def test_an_event_that_says_nothing_still_makes_a_sentence(verb):
    said = sentence(event(verb))
    assert said
    assert "%(" not in said


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (event(Verb.TASK_COMPLETED), "Anna completed “Send the list”"),
        (event(Verb.TASK_COMPLETED, actor_name=""), "The portal completed “Send the list”"),
        (
            event(
                Verb.TASK_MOVED,
                old={"due_on": "2026-03-02"},
                new={"due_on": "2026-03-09", "reason": "Holidays"},
            ),
            "Anna moved “Send the list” from 2 Mar to 9 Mar: Holidays",
        ),
        (event(Verb.TASK_REASSIGNED, new={"owner": "Bo"}), "Anna gave “Send the list” to Bo"),
        (
            event(Verb.TASK_REASSIGNED, new={"owner": ""}),
            "Anna gave “Send the list” to nobody: it needs an owner",
        ),
        (event(Verb.TASK_REOPENED, new={"reason": ""}), "Anna reopened “Send the list”"),
        (
            event(Verb.EVIDENCE_RETURNED, new={"task": "Test", "reason": "Too dark"}),
            "Anna returned evidence for “Test”: Too dark",
        ),
        (
            event(Verb.MEASUREMENT_ADDED, new={"value": "30.5000", "unit": "hours", "day": "2026-03-01"}),
            "Anna measured 30.5\xa0hours for “Send the list” (1 Mar)",
        ),
        (
            event(Verb.PERSON_INVITED, subject="Bo", new={"role": "champion"}),
            "Anna invited Bo as Champion",
        ),
        (event(Verb.PERSON_INVITED, subject="Bo", new={"role": "king"}), "Anna invited Bo as king"),
        (event(Verb.MEASUREMENT_ADDED, new={"value": "much"}), "Anna measured – for “Send the list” (–)"),
        (event(Verb.TASK_COMPLETED, subject="100 %(who)s"), "Anna completed “100 %(who)s”"),
        (event("task.exploded"), "Anna · task.exploded · Send the list"),
    ],
)
def test_sentences(made, said):
    assert sentence(made) == said


def test_sentences_are_translatable():
    assert str(SENTENCES[Verb.TASK_COMPLETED]) == "%(who)s completed “%(what)s”"
    with override("de"):
        assert "%(who)s" in str(SENTENCES[Verb.TASK_COMPLETED])


def test_times_are_those_of_the_account():
    (line,) = history_lines([event(Verb.TASK_COMPLETED)], ZoneInfo("Europe/Berlin"))
    assert line["when_label"] == "2 Mar 2026, 00:30"
    assert line["when_iso"] == "2026-03-01T23:30:00+00:00"


@pytest.mark.parametrize(
    ("later", "ago"),
    [
        (timedelta(seconds=20), "a moment ago."),
        (timedelta(minutes=2, seconds=5), "2\xa0minutes ago."),
        (timedelta(hours=5, minutes=3), "5\xa0hours ago."),
    ],
)
def test_who_was_faster_and_when(later, ago):
    assert conflict_sentence(event(Verb.TASK_COMPLETED), AT + later) == (
        f"Anna completed “Send the list”, {ago}"
    )
    assert conflict_sentence(None) == "The task was changed a moment ago."
