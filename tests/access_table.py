"""Who gets in where: the written table of tests/test_access_matrix.py, which says how to read it."""

TABLE = """
#                                   anon admin   csm  exec spons champ contr  view stran deact invit
# Sign-in: for whoever is not in yet
GET  account_login                   200   302   302   302   302   302   302   302   302   200   302
POST account_login                   200   302   302   302   302   302   302   302   302   200   302
GET  account_request_login_code      200   302   302   302   302   302   302   302   302   200   302
POST account_request_login_code      200   302   302   302   302   302   302   302   302   200   302
GET  account_confirm_login_code      302   302   302   302   302   302   302   302   302   302   302
POST account_confirm_login_code      302   302   302   302   302   302   302   302   302   302   302
GET  account_inactive                200   200   200   200   200   200   200   200   200   200   200
POST account_inactive                405   405   405   405   405   405   405   405   405   405   405
GET  account_logout                  302   200   200   200   200   200   200   200   200   302   200
POST account_logout                  302   302   302   302   302   302   302   302   302   302   302
# Accounts and their people
GET  account_list                    302   200   200   200   403   403   403   403   403   302   403
POST account_list                    302   405   405   405   405   405   405   405   405   302   405
GET  account_page                    302   200   200   200   200   200   200   200   404   302   404
POST account_page                    302   405   405   405   405   405   405   405   405   302   405
GET  account_domains                 302   405   405   405   405   405   405   405   405   302   405
POST account_domains                 302   302   302   403   403   403   403   403   404   302   404
GET  invitation_create               302   200   200   403   403   200   403   403   404   302   404
POST invitation_create               302   422   422   403   403   422   403   403   404   302   404
GET  stakeholder_remove              302   405   405   405   405   405   405   405   405   302   405
POST stakeholder_remove              302   302   302   403   403   302   403   403   404   302   404
# What the account has told in forms; the file answers a form of the contributor's
GET  account_facts                   302   200   200   200   200   200   403   403   404   302   404
POST account_facts                   302   405   405   405   405   405   405   405   405   302   405
GET  fact_file                       302   200   200   200   200   200   200   403   404   302   404
POST fact_file                       302   405   405   405   405   405   405   405   405   302   405
GET  fact_file:other                 302   200   200   200   200   200   403   403   404   302   404
POST fact_file:other                 302   405   405   405   405   405   405   405   405   302   405
# Invitations: the page and the button are public
GET  invitation_page                 200   200   200   200   200   200   200   200   200   200   200
POST invitation_page                 405   405   405   405   405   405   405   405   405   405   405
GET  invitation_accept               405   405   405   405   405   405   405   405   405   405   405
POST invitation_accept               302   403   403   403   403   403   403   403   403   302   403
GET  invitation_revoke               302   405   405   405   405   405   405   405   405   302   405
POST invitation_revoke               302   302   302   403   403   302   403   403   404   302   404
# The vendor's people
GET  people                          302   200   403   403   403   403   403   403   403   302   403
POST people                          302   405   405   405   405   405   405   405   405   302   405
GET  person_add                      302   200   403   403   403   403   403   403   403   302   403
POST person_add                      302   422   403   403   403   403   403   403   403   302   403
GET  person_role                     302   405   405   405   405   405   405   405   405   302   405
POST person_role                     302   302   403   403   403   403   403   403   403   302   403
GET  person_deactivate               302   405   405   405   405   405   405   405   405   302   405
POST person_deactivate               302   302   403   403   403   403   403   403   403   302   403
# One's own settings, and the calendar, whose address is its own key
GET  settings_page                   302   200   200   200   200   200   200   200   200   302   200
POST settings_page                   302   302   302   302   302   302   302   302   302   302   302
GET  calendar_key_make               302   405   405   405   405   405   405   405   405   302   405
POST calendar_key_make               302   302   302   302   302   302   302   302   302   302   302
GET  calendar_key_replace            302   405   405   405   405   405   405   405   405   302   405
POST calendar_key_replace            302   302   302   302   302   302   302   302   302   302   302
GET  calendar_key_remove             302   405   405   405   405   405   405   405   405   302   405
POST calendar_key_remove             302   302   302   302   302   302   302   302   302   302   302
GET  calendar_feed                   200   200   200   200   200   200   200   200   200   200   200
POST calendar_feed                   405   405   405   405   405   405   405   405   405   405   405
GET  calendar_feed:unknown           404   404   404   404   404   404   404   404   404   404   404
POST calendar_feed:unknown           405   405   405   405   405   405   405   405   405   405   405
GET  settings_mails                  302   405   405   405   405   405   405   405   405   302   405
POST settings_mails                  302   302   302   302   302   302   302   302   302   302   302
# The foot of a mail: the signed address is the right to end that mail, for whoever has it
GET  unsubscribe                     200   200   200   200   200   200   200   200   200   200   200
POST unsubscribe                     200   200   200   200   200   200   200   200   200   200   200
GET  unsubscribe:unknown             404   404   404   404   404   404   404   404   404   404   404
POST unsubscribe:unknown             404   404   404   404   404   404   404   404   404   404   404
# One's own inbox: the notification is the champion's
GET  inbox                           302   200   200   200   200   200   200   200   200   302   200
POST inbox                           302   405   405   405   405   405   405   405   405   302   405
GET  inbox_read                      302   405   405   405   405   405   405   405   405   302   405
POST inbox_read                      302   302   302   302   302   302   302   302   302   302   302
GET  notification_read               302   405   405   405   405   405   405   405   405   302   405
POST notification_read               302   404   404   404   404   302   404   404   404   302   404
# Mail that came back: the provider's door is closed without a secret
GET  mail_bounces                    405   405   405   405   405   405   405   405   405   405   405
POST mail_bounces                    404   404   404   404   404   404   404   404   404   404   404
GET  mail_stop                       302   405   405   405   405   405   405   405   405   302   405
POST mail_stop                       302   302   302   403   403   403   403   403   404   302   404
GET  mail_resume                     302   405   405   405   405   405   405   405   405   302   405
POST mail_resume                     302   302   302   403   403   403   403   403   404   302   404
# Homes
GET  home                            302   200   200   200   200   200   200   200   200   302   200
POST home                            302   405   405   405   405   405   405   405   405   302   405
GET  portfolio                       302   200   200   200   403   403   403   403   403   302   403
POST portfolio                       302   405   405   405   405   405   405   405   405   302   405
# Deals and deliveries
GET  deal_create                     302   200   200   403   403   403   403   403   403   302   403
POST deal_create                     302   422   422   403   403   403   403   403   403   302   403
GET  connections                     302   200   403   403   403   403   403   403   403   302   403
POST connections                     302   405   405   405   405   405   405   405   405   302   405
GET  deliveries                      302   200   403   403   403   403   403   403   403   302   403
POST deliveries                      302   405   405   405   405   405   405   405   405   302   405
GET  delivery_detail                 302   200   403   403   403   403   403   403   403   302   403
POST delivery_detail                 302   405   405   405   405   405   405   405   405   302   405
GET  delivery_replay                 302   405   405   405   405   405   405   405   405   302   405
POST delivery_replay                 302   302   403   403   403   403   403   403   403   302   403
# The plan
GET  plan_detail                     302   200   200   200   200   200   200   200   404   302   404
POST plan_detail                     302   405   405   405   405   405   405   405   405   302   405
GET  turn_detail                     302   200   200   200   200   200   200   200   404   302   404
POST turn_detail                     302   405   405   405   405   405   405   405   405   302   405
GET  plan_changes                    302   200   200   200   200   200   200   200   404   302   404
POST plan_changes                    302   405   405   405   405   405   405   405   405   302   405
GET  plan_go_live                    302   405   405   405   405   405   405   405   405   302   405
POST plan_go_live                    302   422   422   403   403   403   403   403   404   302   404
GET  plan_finish                     302   405   405   405   405   405   405   405   405   302   405
POST plan_finish                     302   422   422   403   403   403   403   403   404   302   404
# Stages and their gates (stage "start" is the CSM's), milestones; the champion and the CSM are asked to sign
GET  stage_detail                    302   200   200   200   200   200   200   200   404   302   404
POST stage_detail                    302   405   405   405   405   405   405   405   405   302   405
GET  stage_open                      302   405   405   405   405   405   405   405   405   302   405
POST stage_open                      302   302   302   403   403   403   403   403   404   302   404
GET  stage_close                     302   405   405   405   405   405   405   405   405   302   405
POST stage_close                     302   422   422   403   403   403   403   403   404   302   404
GET  stage_reopen                    302   405   405   405   405   405   405   405   405   302   405
POST stage_reopen                    302   422   422   403   403   403   403   403   404   302   404
GET  stage_give                      302   405   405   405   405   405   405   405   405   302   405
POST stage_give                      302   302   302   403   403   403   403   403   404   302   404
GET  stage_open:champions            302   405   405   405   405   405   405   405   405   302   405
POST stage_open:champions            302   302   302   403   403   302   403   403   404   302   404
GET  criterion_meet                  302   405   405   405   405   405   405   405   405   302   405
POST criterion_meet                  302   302   302   403   302   302   403   403   404   302   404
GET  criterion_unmeet                302   405   405   405   405   405   405   405   405   302   405
POST criterion_unmeet                302   422   422   403   422   422   403   403   404   302   404
GET  milestone_detail                302   200   200   200   200   200   200   200   404   302   404
POST milestone_detail                302   405   405   405   405   405   405   405   405   302   405
GET  signoff_list                    302   200   200   200   200   200   200   200   404   302   404
POST signoff_list                    302   405   405   405   405   405   405   405   405   302   405
GET  signoff_create                  302   200   200   403   403   200   403   403   404   302   404
POST signoff_create                  302   422   422   403   403   422   403   403   404   302   404
GET  signoff_detail                  302   200   200   200   200   200   200   200   404   302   404
POST signoff_detail                  302   405   405   405   405   405   405   405   405   302   405
GET  signoff_sign                    302   405   405   405   405   405   405   405   405   302   405
POST signoff_sign                    302   403   302   403   403   302   403   403   404   302   404
GET  signoff_end                     302   405   405   405   405   405   405   405   405   302   405
POST signoff_end                     302   302   302   403   403   302   403   403   404   302   404
# Meetings, and a task by hand; the meeting is the kickoff, two weeks ago
GET  meeting_list                    302   200   200   200   200   200   200   200   404   302   404
POST meeting_list                    302   405   405   405   405   405   405   405   405   302   405
GET  meeting_plan                    302   200   200   403   403   403   403   403   404   302   404
POST meeting_plan                    302   422   422   403   403   403   403   403   404   302   404
GET  meeting_detail                  302   200   200   200   200   200   200   200   404   302   404
POST meeting_detail                  302   405   405   405   405   405   405   405   405   302   405
GET  meeting_move                    302   405   405   405   405   405   405   405   405   302   405
POST meeting_move                    302   422   422   403   403   403   403   403   404   302   404
GET  meeting_cancel                  302   405   405   405   405   405   405   405   405   302   405
POST meeting_cancel                  302   422   422   403   403   403   403   403   404   302   404
GET  meeting_notes                   302   405   405   405   405   405   405   405   405   302   405
POST meeting_notes                   302   422   422   403   403   422   403   403   404   302   404
GET  meeting_hold                    302   405   405   405   405   405   405   405   405   302   405
POST meeting_hold                    302   422   422   403   403   403   403   403   404   302   404
GET  decision_add                    302   405   405   405   405   405   405   405   405   302   405
POST decision_add                    302   422   422   403   403   422   403   403   404   302   404
GET  decision_change                 302   405   405   405   405   405   405   405   405   302   405
POST decision_change                 302   422   422   403   403   422   403   403   404   302   404
GET  action_add                      302   405   405   405   405   405   405   405   405   302   405
POST action_add                      302   422   422   403   403   422   403   403   404   302   404
GET  task_add                        302   200   200   403   403   200   403   403   404   302   404
POST task_add                        302   422   422   403   403   422   403   403   404   302   404
# Through somebody else's eyes
GET  view_as_start                   302   405   405   405   405   405   405   405   405   302   405
POST view_as_start                   302   302   302   403   403   403   403   403   404   302   404
GET  view_as_stop                    302   405   405   405   405   405   405   405   405   302   405
POST view_as_stop                    302   302   302   302   302   302   302   302   302   302   302
# Tasks: task 1 is the champion's
GET  task_detail                     302   200   200   200   200   200   200   200   404   302   404
POST task_detail                     302   405   405   405   405   405   405   405   405   302   405
GET  task_complete                   302   405   405   405   405   405   405   405   405   302   405
POST task_complete                   302   403   403   403   422   422   403   403   404   302   404
GET  task_form                       302   405   405   405   405   405   405   405   405   302   405
POST task_form                       302   403   403   403   422   422   403   403   404   302   404
GET  task_block                      302   405   405   405   405   405   405   405   405   302   405
POST task_block                      302   403   403   403   422   422   403   403   404   302   404
GET  task_unblock                    302   405   405   405   405   405   405   405   405   302   405
POST task_unblock                    302   403   403   403   422   422   403   403   404   302   404
GET  task_reopen                     302   405   405   405   405   405   405   405   405   302   405
POST task_reopen                     302   403   403   403   422   422   403   403   404   302   404
GET  task_reassign                   302   405   405   405   405   405   405   405   405   302   405
POST task_reassign                   302   422   422   403   422   422   403   403   404   302   404
GET  task_move                       302   405   405   405   405   405   405   405   405   302   405
POST task_move                       302   422   422   403   422   422   403   403   404   302   404
GET  task_pass                       302   405   405   405   405   405   405   405   405   302   405
POST task_pass                       302   403   403   403   422   422   403   403   404   302   404
GET  task_until                      302   405   405   405   405   405   405   405   405   302   405
POST task_until                      302   403   403   403   422   422   403   403   404   302   404
# An answer from a mail: the signed address is bound to its person and task, whoever opens it
GET  mail_answer                     200   200   200   200   200   200   200   200   200   200   200
POST mail_answer                     422   422   422   422   422   422   422   422   422   422   422
GET  mail_answer:unknown             404   404   404   404   404   404   404   404   404   404   404
POST mail_answer:unknown             404   404   404   404   404   404   404   404   404   404   404
GET  mail_answered                   410   410   410   410   410   410   410   410   410   410   410
POST mail_answered                   405   405   405   405   405   405   405   405   405   405   405
# Proof: claimed by the champion, so the vendor judges it
GET  evidence_add                    302   405   405   405   405   405   405   405   405   302   405
POST evidence_add                    302   403   403   403   422   422   403   403   404   302   404
GET  evidence_accept                 302   405   405   405   405   405   405   405   405   302   405
POST evidence_accept                 302   302   302   403   403   403   403   403   404   302   404
GET  evidence_return                 302   405   405   405   405   405   405   405   405   302   405
POST evidence_return                 302   422   422   403   403   403   403   403   404   302   404
GET  evidence_download               302   200   200   200   200   200   200   200   404   302   404
POST evidence_download               302   405   405   405   405   405   405   405   405   302   405
GET  objective_detail                302   200   200   200   200   200   200   200   404   302   404
POST objective_detail                302   405   405   405   405   405   405   405   405   302   405
GET  measurement_add                 302   405   405   405   405   405   405   405   405   302   405
POST measurement_add                 302   422   422   403   422   422   403   403   404   302   404
GET  measurement_accept              302   405   405   405   405   405   405   405   405   302   405
POST measurement_accept              302   302   302   403   403   403   403   403   404   302   404
GET  measurement_return              302   405   405   405   405   405   405   405   405   302   405
POST measurement_return              302   422   422   403   403   403   403   403   404   302   404
# Wins, and agreed against actual
GET  win_detail                      302   200   200   200   200   200   200   200   404   302   404
POST win_detail                      302   405   405   405   405   405   405   405   405   302   405
GET  win_word                        302   405   405   405   405   405   405   405   405   302   405
POST win_word                        302   422   422   403   403   403   403   403   404   302   404
GET  win_confirm                     302   405   405   405   405   405   405   405   405   302   405
POST win_confirm                     302   403   403   403   422   422   403   403   404   302   404
GET  win_consent                     302   405   405   405   405   405   405   405   405   302   405
POST win_consent                     302   403   403   403   422   422   403   403   404   302   404
GET  win_dismiss                     302   405   405   405   405   405   405   405   405   302   405
POST win_dismiss                     302   422   422   403   422   422   403   403   404   302   404
GET  timeline                        302   200   200   200   200   200   200   200   404   302   404
POST timeline                        302   405   405   405   405   405   405   405   405   302   405
# The conversation about a task; the comment is the contributor's, the vendor's notes are nobody else's
GET  talk                            302   200   200   200   200   200   200   200   404   302   404
POST talk                            302   422   422   422   422   422   422   422   404   302   404
GET  vendor_note_add                 302   405   405   405   405   405   405   405   405   302   405
POST vendor_note_add                 302   422   422   422   403   403   403   403   404   302   404
GET  comment_show                    302   302   302   302   302   302   302   302   404   302   404
POST comment_show                    302   405   405   405   405   405   405   405   405   302   405
GET  comment_edit                    302   405   405   405   405   405   405   405   405   302   405
POST comment_edit                    302   403   403   403   403   403   422   403   404   302   404
GET  comment_delete                  302   405   405   405   405   405   405   405   405   302   405
POST comment_delete                  302   302   302   403   403   403   302   403   404   302   404
GET  comment_earlier                 302   200   200   200   200   200   200   200   404   302   404
POST comment_earlier                 302   405   405   405   405   405   405   405   405   302   405
GET  mention_people                  302   200   200   200   200   200   200   200   404   302   404
POST mention_people                  302   405   405   405   405   405   405   405   405   302   405
GET  writing                         302   405   405   405   405   405   405   405   405   302   405
POST writing                         302   422   422   422   422   422   422   422   404   302   404
GET  comment_show:note               302   302   302   302   404   404   404   404   404   302   404
POST comment_show:note               302   405   405   405   405   405   405   405   405   302   405
GET  comment_earlier:note            302   200   200   200   404   404   404   404   404   302   404
POST comment_earlier:note            302   405   405   405   405   405   405   405   405   302   405
GET  comment_edit:note               302   405   405   405   405   405   405   405   405   302   405
POST comment_edit:note               302   403   422   403   404   404   404   404   404   302   404
GET  comment_delete:note             302   405   405   405   405   405   405   405   405   302   405
POST comment_delete:note             302   302   302   403   404   404   404   404   404   302   404
# Machines
GET  intake                          405   405   405   405   405   405   405   405   405   405   405
POST intake                          401   401   401   401   401   401   401   401   401   401   401
GET  intake_with_secret              405   405   405   405   405   405   405   405   405   405   405
POST intake_with_secret              404   404   404   404   404   404   404   404   404   404   404
# Value recaps
GET  edition_list                    302   200   200   200   200   200   403   403   200   302   403
POST edition_list                    302   405   405   405   405   405   405   405   405   302   405
GET  edition_create                  302   200   200   403   403   403   403   403   403   302   403
POST edition_create                  302   422   422   403   403   403   403   403   403   302   403
GET  edition_detail                  302   200   200   200   200   200   403   403   404   302   404
POST edition_detail                  302   405   405   405   405   405   405   405   405   302   405
GET  edition_download                302   200   200   200   200   200   403   403   404   302   404
POST edition_download                302   405   405   405   405   405   405   405   405   302   405
GET  edition_retry                   302   405   405   405   405   405   405   405   405   302   405
POST edition_retry                   302   302   302   403   403   403   403   403   404   302   404
GET  edition_check                   200   200   200   200   200   200   200   200   200   200   200
POST edition_check                   422   422   422   422   422   422   422   422   422   422   422
# What was written when a session had ended
GET  kept_text_forget                302   405   405   405   405   405   405   405   405   302   405
POST kept_text_forget                302   302   302   302   302   302   302   302   302   302   302
# Probes
GET  healthz                         503   503   503   503   503   503   503   503   503   503   503
POST healthz                         405   405   405   405   405   405   405   405   405   405   405
# Doors of the demo, closed elsewhere
GET  demo_enter                      404   404   404   404   404   404   404   404   404   404   404
POST demo_enter                      404   404   404   404   404   404   404   404   404   404   404
GET  demo_mail                       404   404   404   404   404   404   404   404   404   404   404
POST demo_mail                       405   405   405   405   405   405   405   405   405   405   405
GET  demo_mail_message               404   404   404   404   404   404   404   404   404   404   404
POST demo_mail_message               405   405   405   405   405   405   405   405   405   405   405
# A draft is the vendor's alone
GET  plan_detail:draft               302   200   200   200   404   404   404   404   404   302   404
POST plan_detail:draft               302   405   405   405   405   405   405   405   405   302   405
GET  plan_changes:draft              302   200   200   200   404   404   404   404   404   302   404
POST plan_changes:draft              302   405   405   405   405   405   405   405   405   302   405
GET  task_detail:draft               302   200   200   200   404   404   404   404   404   302   404
POST task_detail:draft               302   405   405   405   405   405   405   405   405   302   405
GET  plan_go_live:draft              302   405   405   405   405   405   405   405   405   302   405
POST plan_go_live:draft              302   302   302   403   404   404   404   404   404   302   404
GET  task_complete:draft             302   405   405   405   405   405   405   405   405   302   405
POST task_complete:draft             302   403   403   403   404   404   404   404   404   302   404
# The vendor's own task, and one of the contributor's
GET  task_complete:vendor-task       302   405   405   405   405   405   405   405   405   302   405
POST task_complete:vendor-task       302   422   422   403   403   403   403   403   404   302   404
GET  task_complete:own               302   405   405   405   405   405   405   405   405   302   405
POST task_complete:own               302   403   403   403   422   422   422   403   404   302   404
GET  evidence_add:vendor-task        302   405   405   405   405   405   405   405   405   302   405
POST evidence_add:vendor-task        302   422   422   403   403   403   403   403   404   302   404
"""
