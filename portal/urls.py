"""All doors of the house. Each wing has its own list, on one screen."""

from django.urls import include, path

from portal import health
from portal.views import demo, kept_text

urlpatterns = [
    # Who: sign-in, people, accounts, invitations.
    # What: plans, tasks, evidence; and the intake for the CRMs.
    # Proof: editions and their PDFs.
    path("", include("accounts.urls")),
    path("", include("plans.urls")),
    path("", include("plans.usage.urls")),
    path("intake/", include("plans.intake.urls")),
    path("", include("reports.urls")),
    path("kept-text/forget/", kept_text.kept_text_forget, name="kept_text_forget"),
    path("healthz", health.healthz, name="healthz"),
    # Doors of the demo; elsewhere they answer 404.
    path("demo/", demo.demo_enter, name="demo_enter"),
    path("demo/mail/", demo.demo_mail, name="demo_mail"),
    path("demo/mail/<slug:name>/<int:number>/", demo.demo_mail_message, name="demo_mail_message"),
]
