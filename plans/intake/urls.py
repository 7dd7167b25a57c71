"""The addresses that CRMs post to; docs/integrate.md lists them."""

from django.urls import path

from plans.intake.views import intake

urlpatterns = [
    path("<slug:connection>/<slug:endpoint>", intake, name="intake"),
    path("<slug:connection>/<slug:endpoint>/<str:secret>", intake, name="intake_with_secret"),
]
