"""Where figures come in, and where they are seen; docs/usage.md says how."""

from django.urls import path

from plans.usage import doors, views

urlpatterns = [
    path("usage/", views.usage_imports, name="usage_imports"),
    path("usage/imports/<uuid:import_id>/", views.usage_import, name="usage_import"),
    path("usage/imports/<uuid:import_id>/apply/", views.usage_import_apply, name="usage_import_apply"),
    path("usage/imports/<uuid:import_id>/cancel/", views.usage_import_cancel, name="usage_import_cancel"),
    path("usage/template.csv", views.usage_template, name="usage_template"),
    path("usage/feeds/", views.usage_feeds, name="usage_feeds"),
    path("usage/feeds/<uuid:feed_id>/disable/", views.usage_feed_disable, name="usage_feed_disable"),
    path("usage/feed/", doors.usage_feed, name="usage_feed"),
    path("accounts/<uuid:account_id>/usage/", views.account_usage, name="account_usage"),
    path("accounts/<uuid:account_id>/usage.csv", views.account_usage_csv, name="account_usage_csv"),
]
