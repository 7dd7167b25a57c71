"""The cover letter: whole sentences, each made from a fact of the packet. What is not good is said as well.

Call inside `translation.override(snapshot.language)`.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.money import money_text
from reports.base_words import long_day
from reports.packet.snapshot import Option, PacketSnapshot
from reports.snapshots import Side


def salutation(snapshot: PacketSnapshot) -> str:
    if snapshot.sponsor:
        return _("Dear %(name)s,") % {"name": snapshot.sponsor.name}
    return _("To everybody at %(account)s,") % {"account": snapshot.account}


def paragraphs(snapshot: PacketSnapshot) -> list[str]:
    groups = [
        [_purpose(snapshot)],
        [_objectives(snapshot), *_milestones(snapshot)],
        [_use(snapshot)],
        _offer(snapshot),
        _notice(snapshot),
        _open(snapshot),
        _end(snapshot),
    ]
    return [" ".join(group) for group in groups if group]


def chosen(snapshot: PacketSnapshot) -> Option | None:
    """The option of the order form."""
    return snapshot.options[snapshot.order.option] if snapshot.order else None


def _purpose(snapshot: PacketSnapshot) -> str:
    facts = {"vendor": snapshot.vendor, "day": long_day(snapshot.terms.ends_on)}
    if snapshot.terms.ends_on < snapshot.made_on:
        text = _(
            "Your contract with %(vendor)s ended on %(day)s. This packet is for the decision on what comes next: what "
            "was reached, how it is used, what it would cost to go on, and what is still open on both sides."
        )
    else:
        text = _(
            "Your contract with %(vendor)s ends on %(day)s. This packet is for the decision on what comes next: what "
            "was reached, how it is used, what it would cost to go on, and what is still open on both sides."
        )
    return text % facts


def _objectives(snapshot: PacketSnapshot) -> str:
    objectives = snapshot.recap.objectives
    latest = [(one, one.latest) for one in objectives]
    met = [now for one, now in latest if now and one.is_met_by(now.value)]
    sealed = sum(1 for one in met if one.confirmed_on)
    facts = {"all": len(objectives), "met": len(met), "sealed": sealed}
    if not objectives:
        return _(
            "We have not agreed on objectives that can be measured, and so no number says what has changed."
        )
    if not met:
        text = ngettext(
            "The objective that we agreed on has not reached its target yet.",
            "None of the %(all)s objectives that we agreed on has reached its target yet.",
            len(objectives),
        )
    elif len(objectives) == 1 and sealed:
        text = _("The objective that we agreed on has reached its target, and you have confirmed it.")
    elif len(objectives) == 1:
        text = _("The objective that we agreed on has reached its target; you have not confirmed it yet.")
    else:
        text = ngettext(
            "%(met)s of the %(all)s objectives that we agreed on has reached its target; confirmed by you: %(sealed)s.",
            "%(met)s of the %(all)s objectives that we agreed on have reached their targets; confirmed by you: "
            "%(sealed)s.",
            len(met),
        )
    return text % facts


def _milestones(snapshot: PacketSnapshot) -> list[str]:
    summary = snapshot.recap.summary
    reached = summary.milestones_on_time + summary.milestones_late
    total = reached + summary.milestones_open
    if not total:
        return []
    facts = {"reached": reached, "all": total, "on_time": summary.milestones_on_time}
    if not reached:
        text = ngettext(
            "The one milestone has not been reached yet.",
            "None of the %(all)s milestones has been reached yet.",
            total,
        )
    else:
        text = ngettext(
            "%(reached)s of %(all)s milestones has been reached, %(on_time)s on time.",
            "%(reached)s of %(all)s milestones have been reached, %(on_time)s of them on time.",
            reached,
        )
    return [text % facts]


def _use(snapshot: PacketSnapshot) -> str:
    known = [one for one in snapshot.allowances if one.used is not None]
    states = [one.standing(one.used) for one in known if one.used is not None]
    facts = {"all": len(known), "fair": states.count("fair"), "beyond": states.count("beyond")}
    if not snapshot.allowances:
        return _("Your contract sets no limits on use.")
    if not known:
        return _("We have no figures on how you use what you bought, and so this packet cannot show it.")
    if facts["beyond"]:
        return (
            ngettext(
                "Your use is beyond fair use of %(beyond)s of the limits that we have figures for (%(all)s).",
                "Your use is beyond fair use of %(beyond)s of the limits that we have figures for (%(all)s).",
                facts["beyond"],
            )
            % facts
        )
    if facts["fair"]:
        return (
            ngettext(
                "Your use is above %(fair)s of the limits that we have figures for (%(all)s), and within fair use.",
                "Your use is above %(fair)s of the limits that we have figures for (%(all)s), and within fair use.",
                facts["fair"],
            )
            % facts
        )
    return _("Your use is within all limits of the contract that we have figures for.")


def _offer(snapshot: PacketSnapshot) -> list[str]:
    if not snapshot.options:
        return [_("The options for going on have not been worked out yet.")]
    recommended = next((one for one in snapshot.options if one.recommended), None)
    preferred = next((one for one in snapshot.options if one.preferred_on), None)
    if not preferred and not recommended:
        return [_("This packet compares the options; we have not recommended one of them yet.")]
    said = [_preferred(preferred) if preferred else _("We recommend “%(option)s”.") % _facts(recommended)]
    said += _price(preferred or recommended, snapshot)
    if preferred and recommended and recommended is not preferred:
        said.append(_("Our own recommendation is “%(option)s”.") % _facts(recommended))
    return said


def _preferred(one: Option) -> str:
    return _("You prefer “%(option)s”, as %(name)s told us on %(day)s.") % _facts(one)


def _price(one: Option | None, snapshot: PacketSnapshot) -> list[str]:
    if one is None or one.yearly is None or one.total is None:
        return [_("It has no prices yet.")]
    currency = snapshot.terms.currency
    money = {"yearly": money_text(one.yearly, currency), "total": money_text(one.total, currency)}
    text = _("It runs from %(first)s to %(last)s and costs %(yearly)s a year, %(total)s for the whole term.")
    return [text % (_facts(one) | money), _("The order form in this packet is a draft for you to check.")]


def _facts(one: Option | None) -> dict[str, str]:
    if one is None:
        return {}
    return {
        "option": one.name,
        "name": one.preferred_by,
        "day": long_day(one.preferred_on) if one.preferred_on else "",
        "first": long_day(one.starts_on),
        "last": long_day(one.ends_on),
    }


def _notice(snapshot: PacketSnapshot) -> list[str]:
    terms = snapshot.terms
    renews = (
        _("The contract renews by itself unless notice is given.")
        if terms.auto_renews
        else _("The contract does not renew by itself.")
    )
    if terms.notice_on is None:
        return [renews, _("No period of notice was agreed.")]
    day = {"day": long_day(terms.notice_on)}
    if terms.notice_on < snapshot.made_on:
        return [renews, _("The last day on which notice could be given was %(day)s.") % day]
    return [renews, _("The last day on which notice can be given is %(day)s.") % day]


def _open(snapshot: PacketSnapshot) -> list[str]:
    tasks = snapshot.tasks
    ours = sum(1 for one in tasks if one.late_days and one.side is Side.VENDOR)
    yours = sum(1 for one in tasks if one.late_days and one.side is Side.CUSTOMER)
    blocked = sum(1 for one in tasks if one.blocked)
    waiting = len(snapshot.unconfirmed) + snapshot.more.unconfirmed
    said = [
        ngettext("%(n)s task of ours is late.", "%(n)s tasks of ours are late.", ours) % {"n": ours}
        if ours
        else "",
        ngettext("%(n)s task of yours is late.", "%(n)s tasks of yours are late.", yours) % {"n": yours}
        if yours
        else "",
        ngettext("%(n)s task is blocked.", "%(n)s tasks are blocked.", blocked) % {"n": blocked}
        if blocked
        else "",
        ngettext(
            "%(n)s number or win waits for your confirmation.",
            "%(n)s numbers and wins wait for your confirmation.",
            waiting,
        )
        % {"n": waiting}
        if waiting
        else "",
    ]
    return [one for one in said if one] or [_("Nothing is late or blocked on either side.")]


def _end(snapshot: PacketSnapshot) -> list[str]:
    said = []
    if not snapshot.ready_on:
        said.append(_("This is a draft: it is not complete, and nothing in it is an offer yet."))
    elif snapshot.missing:
        said.append(_("What was still missing on the day of this packet is named in it."))
    if snapshot.csm:
        said.append(
            _("If something here is not as you see it, please tell me before you decide: %(email)s.")
            % {"email": snapshot.csm.email}
        )
    return said
