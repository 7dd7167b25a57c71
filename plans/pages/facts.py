"""Everything that an account has told: each question once, its latest answer above the older ones."""

from collections import defaultdict
from typing import Any

from django.urls import reverse

from accounts.models import Account, Fact
from plans.pages.asked import answer_of, told_label

MOST_OLDER = 500
"""Older answers on the page; the newest of them."""


def facts_context(account: Account) -> dict[str, Any]:
    """The context of templates/plans/account_facts.html."""
    facts = Fact.objects.filter(account=account).select_related("said_by")
    # The newest form first, and in it the questions in the order in which they were asked.
    latest = sorted(facts.current(), key=lambda fact: (-fact.said_at.date().toordinal(), fact.said_at))
    older = defaultdict(list)
    for fact in facts.exclude(pk__in=[one.pk for one in latest]).order_by("-said_at", "-id")[:MOST_OLDER]:
        older[fact.key].append(fact)
    return {
        "account": {
            "id": account.pk,
            "name": account.name,
            "url": reverse("account_page", args=[account.pk]),
        },
        "facts": [
            _row(fact, account) | {"older": [_row(one, account) for one in older[fact.key]]}
            for fact in latest
        ],
    }


def _row(fact: Fact, account: Account) -> dict[str, Any]:
    return {
        "key": fact.key,
        "label": fact.label,
        "confirmed": fact.confirmed,
        "source": told_label(fact, account.zone),
        **answer_of(fact),
    }
