from django.urls import URLPattern, path

from plans.views import (
    adding,
    answering,
    asking,
    bounces,
    calendar,
    dates,
    deals,
    deliveries,
    evidence,
    facts,
    homes,
    inbox,
    mail_answers,
    meetings,
    objectives,
    plans,
    presence,
    renewals,
    signing,
    stages,
    talk,
    tasks,
    timelines,
    values,
    viewing,
    wins,
)

_plan = "plans/<uuid:plan_id>"
_task = f"{_plan}/tasks/<uuid:task_id>"
_stakeholder = "accounts/<uuid:account_id>/people/<uuid:stakeholder_id>"
_stage = f"{_plan}/stages/<uuid:stage_id>"
_signoff = f"{_plan}/signoffs/<uuid:signoff_id>"
_win = f"{_plan}/wins/<uuid:win_id>"
_meeting = f"{_plan}/meetings/<uuid:meeting_id>"
_renewal = f"{_plan}/renewals/<uuid:renewal_id>"

urlpatterns: list[URLPattern] = [
    # Homes.
    path("", homes.home, name="home"),
    path("portfolio/", homes.portfolio, name="portfolio"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    # What concerns whoever is signed in.
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.inbox_read, name="inbox_read"),
    path("inbox/<uuid:notification_id>/read/", inbox.notification_read, name="notification_read"),
    # Mail that came back.
    path("mail/bounces/", bounces.mail_bounces, name="mail_bounces"),
    path(f"{_stakeholder}/mail-stops/", bounces.mail_stop, name="mail_stop"),
    path(f"{_stakeholder}/mail-works/", bounces.mail_resume, name="mail_resume"),
    # An answer from a mail.
    path("answer/<str:link>/", mail_answers.mail_answer, name="mail_answer"),
    path("answer/<str:link>/thanks/", mail_answers.mail_answered, name="mail_answered"),
    # Deals and what the CRMs sent.
    path("deals/new/", deals.deal_create, name="deal_create"),
    path("connections/", deliveries.connections, name="connections"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", deliveries.delivery_detail, name="delivery_detail"),
    path("deliveries/<uuid:delivery_id>/replay/", deliveries.delivery_replay, name="delivery_replay"),
    # What an account has told.
    path("accounts/<uuid:account_id>/facts/", facts.account_facts, name="account_facts"),
    path("accounts/<uuid:account_id>/facts/<uuid:fact_id>/file/", facts.fact_file, name="fact_file"),
    # The plan.
    path(f"{_plan}/", plans.plan_detail, name="plan_detail"),
    path(f"{_plan}/turn/", plans.turn_detail, name="turn_detail"),
    path(f"{_plan}/changes/", plans.plan_changes, name="plan_changes"),
    path(f"{_plan}/go-live/", plans.plan_go_live, name="plan_go_live"),
    path(f"{_plan}/finish/", plans.plan_finish, name="plan_finish"),
    # Its meetings.
    path(f"{_plan}/meetings/", meetings.meeting_list, name="meeting_list"),
    path(f"{_plan}/meetings/new/", meetings.meeting_plan, name="meeting_plan"),
    path(f"{_meeting}/", meetings.meeting_detail, name="meeting_detail"),
    path(f"{_meeting}/move/", meetings.meeting_move, name="meeting_move"),
    path(f"{_meeting}/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path(f"{_meeting}/notes/", meetings.meeting_notes, name="meeting_notes"),
    path(f"{_meeting}/hold/", meetings.meeting_hold, name="meeting_hold"),
    path(f"{_meeting}/decisions/", meetings.decision_add, name="decision_add"),
    path(f"{_meeting}/decisions/<uuid:decision_id>/", meetings.decision_change, name="decision_change"),
    path(f"{_meeting}/actions/", meetings.action_add, name="action_add"),
    # Its stages with their gates, its milestones, and who signs for them.
    path(f"{_stage}/", stages.stage_detail, name="stage_detail"),
    path(f"{_stage}/open/", stages.stage_open, name="stage_open"),
    path(f"{_stage}/close/", stages.stage_close, name="stage_close"),
    path(f"{_stage}/reopen/", stages.stage_reopen, name="stage_reopen"),
    path(f"{_stage}/give/", stages.stage_give, name="stage_give"),
    path(f"{_plan}/criteria/<uuid:criterion_id>/meet/", stages.criterion_meet, name="criterion_meet"),
    path(f"{_plan}/criteria/<uuid:criterion_id>/unmeet/", stages.criterion_unmeet, name="criterion_unmeet"),
    path(f"{_plan}/milestones/<uuid:milestone_id>/", stages.milestone_detail, name="milestone_detail"),
    path(f"{_plan}/signoffs/", signing.signoff_list, name="signoff_list"),
    path(f"{_plan}/signoffs/new/", signing.signoff_create, name="signoff_create"),
    path(f"{_signoff}/", signing.signoff_detail, name="signoff_detail"),
    path(f"{_signoff}/sign/", signing.signoff_sign, name="signoff_sign"),
    path(f"{_signoff}/end/", signing.signoff_end, name="signoff_end"),
    # Through somebody else's eyes.
    path(f"{_plan}/view-as/", viewing.view_as_start, name="view_as_start"),
    path("view-as/stop/", viewing.view_as_stop, name="view_as_stop"),
    # Its tasks.
    path(f"{_plan}/tasks/new/", adding.task_add, name="task_add"),
    path(f"{_task}/", tasks.task_detail, name="task_detail"),
    path(f"{_task}/complete/", tasks.task_complete, name="task_complete"),
    path(f"{_task}/form/", asking.task_form, name="task_form"),
    path(f"{_task}/block/", tasks.task_block, name="task_block"),
    path(f"{_task}/unblock/", tasks.task_unblock, name="task_unblock"),
    path(f"{_task}/reopen/", tasks.task_reopen, name="task_reopen"),
    path(f"{_task}/reassign/", tasks.task_reassign, name="task_reassign"),
    path(f"{_task}/pass/", answering.task_pass, name="task_pass"),
    path(f"{_task}/until/", answering.task_until, name="task_until"),
    path(f"{_task}/move/", tasks.task_move, name="task_move"),
    # Its dates.
    path(f"{_plan}/dates/", dates.date_ledger, name="date_ledger"),
    path(f"{_plan}/dates/kickoff/", dates.kickoff_move, name="kickoff_move"),
    path(f"{_plan}/dates/end/", dates.end_move, name="end_move"),
    path(f"{_task}/why/", dates.date_why, name="date_why"),
    path(f"{_task}/pin/", dates.task_pin, name="task_pin"),
    path(f"{_task}/unpin/", dates.task_unpin, name="task_unpin"),
    path(f"{_task}/wait/", dates.dependency_add, name="dependency_add"),
    path(f"{_task}/wait-no-longer/", dates.dependency_remove, name="dependency_remove"),
    path(f"{_task}/accept-date/", dates.move_accept, name="move_accept"),
    path(f"{_task}/answer-date/", dates.date_answer, name="date_answer"),
    path(f"{_plan}/milestones/<uuid:milestone_id>/why/", dates.milestone_why, name="milestone_why"),
    path(f"{_plan}/objectives/<uuid:objective_id>/why/", dates.objective_why, name="objective_why"),
    # Its proof.
    path(f"{_task}/evidence/", evidence.evidence_add, name="evidence_add"),
    path(f"{_plan}/evidence/<uuid:evidence_id>/accept/", evidence.evidence_accept, name="evidence_accept"),
    path(f"{_plan}/evidence/<uuid:evidence_id>/return/", evidence.evidence_return, name="evidence_return"),
    path(f"{_plan}/evidence/<uuid:evidence_id>/file/", evidence.evidence_download, name="evidence_download"),
    path(f"{_plan}/timeline/", timelines.timeline, name="timeline"),
    # Its wins.
    path(f"{_win}/", wins.win_detail, name="win_detail"),
    path(f"{_win}/words/", wins.win_word, name="win_word"),
    path(f"{_win}/confirm/", wins.win_confirm, name="win_confirm"),
    path(f"{_win}/consent/", wins.win_consent, name="win_consent"),
    path(f"{_win}/dismiss/", wins.win_dismiss, name="win_dismiss"),
    path(f"{_plan}/objectives/<uuid:objective_id>/", objectives.objective_detail, name="objective_detail"),
    path(
        f"{_plan}/objectives/<uuid:objective_id>/measure/", objectives.measurement_add, name="measurement_add"
    ),
    path(
        f"{_plan}/measurements/<uuid:measurement_id>/accept/",
        objectives.measurement_accept,
        name="measurement_accept",
    ),
    path(
        f"{_plan}/measurements/<uuid:measurement_id>/return/",
        objectives.measurement_return,
        name="measurement_return",
    ),
    # Its numbers, several at once.
    path(f"{_plan}/values/", values.value_list, name="value_list"),
    path(f"{_plan}/values/confirm/", values.values_confirm, name="values_confirm"),
    path(f"{_plan}/values/ask/", values.values_ask, name="values_ask"),
    # Its renewal.
    path("renewals/", renewals.renewal_list, name="renewal_list"),
    path(f"{_plan}/renewal/", renewals.plan_renewal, name="plan_renewal"),
    path(f"{_plan}/renewal/begin/", renewals.renewal_begin, name="renewal_begin"),
    path(f"{_renewal}/", renewals.renewal_detail, name="renewal_detail"),
    path(f"{_renewal}/prepare/", renewals.renewal_prepare, name="renewal_prepare"),
    path(f"{_renewal}/options/<uuid:option_id>/", renewals.option_edit, name="option_edit"),
    path(f"{_renewal}/options/<uuid:option_id>/prefer/", renewals.option_prefer, name="option_prefer"),
    path(f"{_renewal}/offer/", renewals.renewal_offer, name="renewal_offer"),
    path(f"{_renewal}/items/<uuid:item_id>/meet/", renewals.item_meet, name="item_meet"),
    path(f"{_renewal}/items/<uuid:item_id>/unmeet/", renewals.item_unmeet, name="item_unmeet"),
    path(f"{_renewal}/ready/", renewals.renewal_ready, name="renewal_ready"),
    path(f"{_renewal}/decide/", renewals.renewal_decide, name="renewal_decide"),
    # What people write about it.
    path(f"{_plan}/talk/<str:kind>/<uuid:thing_id>/", talk.talk, name="talk"),
    path(f"{_plan}/notes/<str:kind>/<uuid:thing_id>/", talk.vendor_note_add, name="vendor_note_add"),
    path(f"{_plan}/comments/<uuid:comment_id>/", talk.comment_show, name="comment_show"),
    path(f"{_plan}/comments/<uuid:comment_id>/edit/", talk.comment_edit, name="comment_edit"),
    path(f"{_plan}/comments/<uuid:comment_id>/delete/", talk.comment_delete, name="comment_delete"),
    path(f"{_plan}/comments/<uuid:comment_id>/earlier/", talk.comment_earlier, name="comment_earlier"),
    path(f"{_plan}/mention/", talk.mention_people, name="mention_people"),
    path(f"{_plan}/writing/", presence.writing, name="writing"),
]
