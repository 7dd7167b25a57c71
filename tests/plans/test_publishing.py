"""A playbook's text becomes a version, once."""

import threading

import pytest
from django.db import connections

from plans.models import Playbook, PlaybookVersion
from plans.services.publishing import VersionTaken, publish_playbook
from tests.factories import playbook_text


@pytest.mark.django_db
def test_the_same_text_twice_is_one_version() -> None:
    first, new = publish_playbook(playbook_text())
    assert (new, first.number, first.name, len(first.digest)) == (True, 1, "Small playbook", 64)
    again, new = publish_playbook(playbook_text())
    assert (again, new) == (first, False)
    assert PlaybookVersion.objects.count() == Playbook.objects.count() == 1


@pytest.mark.django_db
def test_another_text_under_the_same_number_is_refused() -> None:
    publish_playbook(playbook_text())
    with pytest.raises(VersionTaken, match="small version 1"):
        publish_playbook(playbook_text(summary="Another."))
    assert PlaybookVersion.objects.get().text.summary == "Small."


@pytest.mark.django_db
def test_the_newest_of_each_playbook_in_use() -> None:
    publish_playbook(playbook_text())
    second, _new = publish_playbook(playbook_text(version=2, summary="Another."))
    publish_playbook(playbook_text(key="retired"))
    Playbook.objects.filter(key="retired").update(retired_at="2026-01-01T00:00Z")
    assert list(PlaybookVersion.objects.newest()) == [second]


@pytest.mark.django_db
def test_what_is_read_back_is_what_was_published() -> None:
    text = playbook_text(10, waits={"task-3": ["task-1"]}, evidence={"task-2": "file"})
    version, _new = publish_playbook(text)
    assert PlaybookVersion.objects.get(pk=version.pk).text == text


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_version() -> None:
    start, results = threading.Barrier(6), []

    def publish_one() -> None:
        start.wait()
        results.append(publish_playbook(playbook_text(20))[1])
        connections.close_all()

    threads = [threading.Thread(target=publish_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 5 + [True]
    assert PlaybookVersion.objects.count() == 1
