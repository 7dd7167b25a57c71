from django.urls import URLPattern, path

from reports import roi_views, scoreboard_views, views

_edition = "editions/<uuid:edition_id>"

urlpatterns: list[URLPattern] = [
    path("editions/", views.edition_list, name="edition_list"),
    path("editions/new/", views.edition_create, name="edition_create"),
    path(f"{_edition}/", views.edition_detail, name="edition_detail"),
    path(f"{_edition}/download/", views.edition_download, name="edition_download"),
    path(f"{_edition}/retry/", views.edition_retry, name="edition_retry"),
    path(f"{_edition}/cancel/", views.edition_cancel, name="edition_cancel"),
    path("accounts/<uuid:account_id>/scoreboard/", scoreboard_views.scoreboard, name="scoreboard"),
    path(
        "accounts/<uuid:account_id>/scoreboard/pdf/", scoreboard_views.scoreboard_make, name="scoreboard_make"
    ),
    path("accounts/<uuid:account_id>/roi/", roi_views.account_roi, name="account_roi"),
    path("check/", views.edition_check, name="edition_check"),
]
