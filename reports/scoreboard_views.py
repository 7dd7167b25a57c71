"""The scoreboard of an account: the page of a week, and having its PDF made."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_account
from accounts.models import Account
from reports.kinds import Asked
from reports.models import DocumentKind
from reports.scoreboard.gathering import gather
from reports.scoreboard.page import scoreboard_page
from reports.scoreboard.weeks import last_full_week, read_week, week_name
from reports.services import request_edition

SIX_DAYS = timedelta(days=6)


@require_safe
def scoreboard(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "scoreboard.view")
    monday = _asked_week(account, request.GET.get("week", ""))
    asked = Asked(account, None, None, monday, monday + SIX_DAYS, get_language() or "en", "a4")
    return render(request, "reports/scoreboard.html", scoreboard_page(gather(asked), account, actor))


@require_POST
def scoreboard_make(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "edition.make")
    monday = _asked_week(account, request.POST.get("week", ""))
    try:
        edition = request_edition(
            by=actor,
            kind=DocumentKind.SCOREBOARD,
            account=account,
            period_from=monday,
            period_to=monday + SIX_DAYS,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('scoreboard', args=[account.pk])}?week={week_name(monday)}")
    return redirect("edition_detail", edition.pk)


def _asked_week(account: Account, name: str) -> date:
    """The Monday of the week that is named, else of the one that ended last. 404 for one that has not begun."""
    today = account.today()
    monday = read_week(name) if name else last_full_week(today)
    if monday is None or monday > today:
        raise Http404(name)
    return monday
