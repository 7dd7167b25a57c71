from allauth.account import views as allauth_views
from django.urls import path, register_converter

from accounts.views import (
    accounts,
    company,
    contracts,
    costs,
    invitations,
    people,
    security,
    settings,
    sign_in,
    unsubscribing,
)
from portal.lib.colours import ColourConverter

register_converter(ColourConverter, "colour")

# Of allauth only these doors exist, under its own names: no sign-up, no passwords, no addresses to manage.
sign_in_urls = [
    path("sign-in/", sign_in.request_code, name="account_login"),
    path("sign-in/code/", sign_in.request_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", sign_in.confirm_code, name="account_confirm_login_code"),
    path("sign-in/ended/", allauth_views.account_inactive, name="account_inactive"),
    path("sign-out/", allauth_views.logout, name="account_logout"),
]

CONTRACT = "accounts/<uuid:account_id>/contracts/<uuid:contract_id>"

urlpatterns = [
    *sign_in_urls,
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/<uuid:account_id>/", accounts.account_page, name="account_page"),
    path("accounts/<uuid:account_id>/domains/", accounts.account_domains, name="account_domains"),
    path("accounts/<uuid:account_id>/invite/", invitations.invitation_create, name="invitation_create"),
    path(
        "accounts/<uuid:account_id>/people/<uuid:stakeholder_id>/remove/",
        accounts.stakeholder_remove,
        name="stakeholder_remove",
    ),
    path("accounts/<uuid:account_id>/contracts/", contracts.contract_list, name="contract_list"),
    path("accounts/<uuid:account_id>/contracts/new/", contracts.contract_add, name="contract_add"),
    path(f"{CONTRACT}/", contracts.contract_detail, name="contract_detail"),
    path(f"{CONTRACT}/terms/", contracts.contract_change, name="contract_change"),
    path(f"{CONTRACT}/lines/", contracts.contract_lines, name="contract_lines"),
    path(f"{CONTRACT}/limits/", contracts.contract_entitlements, name="contract_entitlements"),
    path(f"{CONTRACT}/amend/", contracts.contract_amend, name="contract_amend"),
    path(
        f"{CONTRACT}/amendments/<int:number>/withdraw/",
        contracts.amendment_withdraw,
        name="amendment_withdraw",
    ),
    path("accounts/<uuid:account_id>/costs/", costs.account_costs, name="account_costs"),
    path("accounts/<uuid:account_id>/costs/<uuid:cost_id>/remove/", costs.cost_remove, name="cost_remove"),
    path("cohorts/", costs.cohort_list, name="cohort_list"),
    path("cohorts/new/", costs.cohort_add, name="cohort_add"),
    path("cohorts/<uuid:cohort_id>/", costs.cohort_detail, name="cohort_detail"),
    path("cohorts/<uuid:cohort_id>/expose/", costs.cohort_expose, name="cohort_expose"),
    path("cohorts/<uuid:cohort_id>/<uuid:member_id>/remove/", costs.cohort_unexpose, name="cohort_unexpose"),
    path("invitations/<uuid:invitation_id>/", invitations.invitation_page, name="invitation_page"),
    path("invitations/<uuid:invitation_id>/accept/", invitations.invitation_accept, name="invitation_accept"),
    path("invitations/<uuid:invitation_id>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("company/", company.company, name="company"),
    path("brand/<colour:brand>-<colour:accent>.css", company.brand_css, name="brand_css"),
    path("brand/logo/<slug:digest>/", company.brand_logo, name="brand_logo"),
    path("security/", security.security, name="security"),
    path("security/<uuid:confirmation_id>/remove/", security.security_remove, name="security_remove"),
    path("security/<uuid:confirmation_id>/file/", security.security_file, name="security_file"),
    path("accounts/<uuid:account_id>/security/", security.account_security, name="account_security"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<uuid:person_id>/role/", people.person_role, name="person_role"),
    path("people/<uuid:person_id>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("settings/", settings.settings_page, name="settings_page"),
    path("settings/mails/", settings.settings_mails, name="settings_mails"),
    path("unsubscribe/<str:signed>/", unsubscribing.unsubscribe_page, name="unsubscribe"),
    path("settings/calendar-address/make/", settings.calendar_key_make, name="calendar_key_make"),
    path("settings/calendar-address/replace/", settings.calendar_key_replace, name="calendar_key_replace"),
    path("settings/calendar-address/remove/", settings.calendar_key_remove, name="calendar_key_remove"),
]
