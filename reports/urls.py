from django.urls import URLPattern, path

from reports import views

_edition = "editions/<uuid:edition_id>"

urlpatterns: list[URLPattern] = [
    path("editions/", views.edition_list, name="edition_list"),
    path("editions/new/", views.edition_create, name="edition_create"),
    path(f"{_edition}/", views.edition_detail, name="edition_detail"),
    path(f"{_edition}/download/", views.edition_download, name="edition_download"),
    path(f"{_edition}/retry/", views.edition_retry, name="edition_retry"),
    path("check/", views.edition_check, name="edition_check"),
]
