"""The portal's addresses and those of the floors."""

from django.urls import include, path

from bench import floors

urlpatterns = [
    path("floor/<uuid:plan_id>/", floors.plan_page, name="floor_plan"),
    path("floor/task/<uuid:task_id>/", floors.change_task, name="floor_task"),
    path("", include("portal.urls")),
]
