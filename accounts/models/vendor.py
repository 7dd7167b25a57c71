"""The vendor: its name and look, and what its documents are made like. One row."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Paper
from accounts.models.people import User
from portal.lib import clock

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("A colour is # and six digits, 0–9 and a–f."))


class Vendor(models.Model):
    """`name` is empty where PORTAL_VENDOR_NAME holds. `logo` is a name of ours under the files folder, of a picture
    that was drawn anew (raster) or cleaned (SVG) when it came. Read it by `accounts/services/branding.py`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("name"), max_length=200, blank=True)
    logo = models.CharField(max_length=120, blank=True)
    logo_type = models.CharField(max_length=40, blank=True)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    logo_width = models.PositiveIntegerField(default=0)
    logo_height = models.PositiveIntegerField(default=0)
    brand = models.CharField(_("main colour"), max_length=7, default="#1f4fa3", validators=[COLOUR])
    accent = models.CharField(_("second colour"), max_length=7, default="#b4552d", validators=[COLOUR])
    mail_from_name = models.CharField(_("sender of mails"), max_length=120, blank=True)
    reply_to = models.EmailField(_("answers to mails go to"), blank=True)
    legal_footer = models.TextField(_("legal footer"), max_length=600, blank=True)
    paper = models.CharField(_("paper"), max_length=8, choices=Paper.choices, default=Paper.A4)
    recap_after_days = models.PositiveIntegerField(
        _("a value recap makes itself after so many days"),
        default=90,
        validators=[MinValueValidator(7), MaxValueValidator(365)],
    )
    only_confirmed = models.BooleanField(
        _("keep numbers that the customer has not confirmed out of renewal packets"), default=False
    )
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_vendor_one")]

    def __str__(self) -> str:
        return self.name
