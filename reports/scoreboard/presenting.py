"""A scoreboard in words, the same for the page, the PDF and the mail. Call inside `translation.override(…)`."""

from datetime import timedelta

from django.utils.translation import gettext as _

from reports.base_words import long_day, period_text
from reports.scoreboard.rows import (
    Measure,
    executives_measure,
    features_measure,
    support_measure,
    tasks_measure,
    usage_measure,
)
from reports.scoreboard.snapshot import ScoreboardSnapshot


def lead(snapshot: ScoreboardSnapshot) -> str:
    """What became better and what worse, in one or two sentences; what is not known is said once."""
    rows = [one.row for one in measures(snapshot)]
    better = [row.label for row in rows if row.change.tone == "better"]
    worse = [row.label for row in rows if row.change.tone == "worse"]
    words = {"account": snapshot.account, "better": ", ".join(better), "worse": ", ".join(worse)}
    if snapshot.says_nothing:
        return _("Nothing is known of this week yet: no figures have come, nothing was due and nobody acted.")
    if not snapshot.over:
        return _("The week is not over: its numbers still grow.")
    if better and worse:
        return _("Better than last week: %(better)s. Worse: %(worse)s.") % words
    if better:
        return _("Better than last week: %(better)s. Nothing became worse.") % words
    if worse:
        return _("Worse than last week: %(worse)s. Nothing became better.") % words
    return _("Nothing changed against last week, as far as it is known.")


def measures(snapshot: ScoreboardSnapshot) -> list[Measure]:
    """In this order; usage, features and support only where something is known of them (else: `missing`)."""
    found = [
        usage_measure(snapshot.usage) if snapshot.usage else None,
        features_measure(snapshot.features) if snapshot.features else None,
        executives_measure(snapshot.executives, snapshot),
        support_measure(snapshot.support) if snapshot.support else None,
        tasks_measure(snapshot.tasks),
    ]
    return [one for one in found if one]


def missing(snapshot: ScoreboardSnapshot) -> list[str]:
    """What nobody has told the portal, a sentence each."""
    account = {"account": snapshot.account}
    said = []
    if snapshot.usage is None:
        said.append(
            _("How %(account)s uses the product is not known: no usage figures have come yet.") % account
        )
    elif snapshot.usage.now is None and snapshot.usage.latest:
        said.append(
            _("No usage figures have come for this week; the latest end on %(day)s.")
            % {"day": long_day(snapshot.usage.latest)}
        )
    if snapshot.support is None:
        said.append(_("No support figures have come for these two weeks."))
    return said


def definitions() -> list[tuple[str, str]]:
    """How each measure is counted: its name, and the rule."""
    return [
        (
            _("Active users"),
            _("who used it at least once in the week ÷ seats assigned, as the figures say."),
        ),
        (
            _("Features in use"),
            _("used by anybody in the week ÷ all that the figures or the contract name."),
        ),
        (
            _("Executives"),
            _(
                "the customer’s sponsors who have joined, and the vendor’s executives who have a task or a "
                "signature here or did something in these two weeks. Who did an act in the portal, commented or "
                "signed took part; reading does not count. Of meetings only the holding is recorded, not who came."
            ),
        ),
        (
            _("Support"),
            _(
                "requests closed ÷ opened in the same week, so that more may be closed than opened; late: answered "
                "later than promised ÷ opened."
            ),
        ),
        (
            _("Tasks"),
            _(
                "the customer’s tasks that fell due in the week, by the dates that hold now; on time is done on or "
                "before that day."
            ),
        ),
    ]


def week_name(snapshot: ScoreboardSnapshot) -> str:
    """ "Week 46, 9 November 2026 to 15 November 2026"."""
    return _("%(week)s, %(days)s") % {"week": week_labels(snapshot)[0], "days": period_text(snapshot)}


def week_labels(snapshot: ScoreboardSnapshot) -> tuple[str, str]:
    """Of the week and of the one before, as the heads of their columns."""
    mondays = (snapshot.period_from, snapshot.period_from - timedelta(days=7))
    here, before = (_("Week %(number)s") % {"number": monday.isocalendar().week} for monday in mondays)
    return here, before
