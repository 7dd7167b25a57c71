"""All doors of the house. Each wing has its own list, on one screen."""

from django.urls import include, path

from portal import health

urlpatterns = [
    # Who: sign-in, people, accounts, invitations.
    # What: plans, tasks, evidence; and the intake for the CRMs.
    # Proof: editions and their PDFs.
    path("", include("accounts.urls")),
    path("", include("plans.urls")),
    path("intake/", include("plans.intake.urls")),
    path("", include("reports.urls")),
    path("healthz", health.healthz, name="healthz"),
]
