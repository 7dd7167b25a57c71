"""Two people in one text are told of each other."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from plans.access import get_plan
from plans.services.writing import note_writing

# "talk:task:<id>", "meeting-notes:<id>": what a text is called on the page.
_THING = re.compile(r"[a-z-]{1,20}(:[a-z]{1,12})?:[0-9a-f-]{36}")


@require_POST
def writing(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """An open page says every few seconds what is typed in. Who writes a vendor-only note, a customer never learns."""
    thing = request.POST.get("thing", "")
    private = thing.startswith("note:")
    plan, actor = get_plan(request, plan_id, "comment.add")
    if private and not actor.may("comment.vendor"):
        raise Http404
    if not _THING.fullmatch(thing):
        return JsonResponse({"said": ""}, status=422)
    others = note_writing(by=actor, plan=plan, thing=thing)
    return JsonResponse({"said": _said(others)})


def _said(names: list[str]) -> str:
    if not names:
        return ""
    return ngettext("%(names)s is writing here, too.", "%(names)s are writing here, too.", len(names)) % {
        "names": ", ".join(names)
    }
