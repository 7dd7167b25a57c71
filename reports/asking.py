"""The pages on which a document is looked for and asked for, as plain strings."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Account
from reports.access import AskedAbout
from reports.forms import EditionForm
from reports.kinds import KINDS, Kind
from reports.models import Audience, DocumentKind

# What an address may name, beside the page of a list.
NAMES = ("kind", "plan", "account", "win", "renewal")


def page_query(address: QueryDict) -> str:
    """The filters of a list, for the address of its next page."""
    kept = _kept(address)
    return f"{kept}&" if kept else ""


def list_filters(accounts: Iterable[Account], chosen: Account | None, kind: Kind | None) -> dict[str, Any]:
    """Each as {value, label, selected}; no accounts where there is only one to choose from."""
    kinds = [(key, str(DocumentKind(key).label)) for key in KINDS]
    named = [(str(one.pk), one.name) for one in accounts]
    return {
        "kinds": _options(kinds, kind.key.value if kind else ""),
        "accounts": _options(named, str(chosen.pk) if chosen else "") if len(named) > 1 else [],
        "any": bool(kind or chosen),
    }


def kinds_page(address: QueryDict, account: Account | None) -> dict[str, Any]:
    """The kinds that there are, each with a sentence; what the address names stays chosen."""
    words = _kind_words()
    kept = _kept(address, but="kind")
    return {
        "kinds": [
            {
                "label": str(DocumentKind(key).label),
                "words": words[key],
                "url": f"{reverse('edition_create')}?kind={key}" + (f"&{kept}" if kept else ""),
            }
            for key in KINDS
        ],
        "account_name": account.name if account else "",
    }


def form_page(address: QueryDict, form: EditionForm, about: AskedAbout) -> dict[str, Any]:
    kept = _kept(address, but="kind")
    back = reverse("plan_detail", args=[about.plan.pk]) if about.plan else reverse("edition_list")
    return {
        "form": form,
        "kind": form.kind.key.value,
        "kind_label": str(DocumentKind(form.kind.key).label),
        "kind_words": _kind_words()[form.kind.key],
        "action": reverse("edition_create") + (f"?{kept}" if kept else ""),
        "back_url": back,
    }


def usual_subject(about: AskedAbout) -> dict[str, Any]:
    """What the form begins with; the packet of a renewal that is not ready is for the vendor."""
    ready = about.renewal is not None and about.renewal.ready_at is not None
    return {
        "plan": about.plan,
        "account": about.account,
        "win": about.win,
        "renewal": about.renewal,
        **({"audience": Audience.SHARED if ready else Audience.INTERNAL} if about.renewal else {}),
    }


def _kind_words() -> dict[str, str]:
    return {
        DocumentKind.RECAP: _(
            "What was promised, what was reached, and who confirmed it: for the sponsor to forward."
        ),
        DocumentKind.FIRST_WIN: _(
            "One page about one win: before and after, the evidence, whom to thank, what comes next."
        ),
        DocumentKind.PACKET: _(
            "All that a renewal needs: terms, order form, invoices, use against the limits, open items."
        ),
        DocumentKind.SCOREBOARD: _(
            "A week on one page: use, features, executives, support, the tasks of the customer."
        ),
        DocumentKind.REVIEW: _(
            "For the review of 30 minutes: what improved, what did not, next steps, decisions wanted."
        ),
        DocumentKind.PLAN_EXPORT: _("The whole plan as of a day, to keep or to print."),
    }


def _options(choices: Iterable[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "selected": value == chosen} for value, label in choices]


def _kept(address: QueryDict, but: str = "") -> str:
    kept = {name: str(address[name]) for name in NAMES if name != but and address.get(name)}
    return urlencode(kept)
