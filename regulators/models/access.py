"""Objects shared with an assisting authority. Row-level security of other apps reads this table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from regulators.models.authority import Authority


class ObjectAccess(models.Model):
    """This authority may see that object although another one owns it."""

    object_kind = models.CharField(_("kind of object"), max_length=40)
    object_id = models.BigIntegerField(_("object"))
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="shared_objects", verbose_name=_("authority"))
    reason = models.CharField(_("reason"), max_length=300)
    granted_at = models.DateTimeField(_("granted at"), default=clock.now)

    class Meta:
        db_table = "regulators_objectaccess"
        verbose_name = _("shared object")
        verbose_name_plural = _("shared objects")
        constraints = [
            models.UniqueConstraint(
                fields=("object_kind", "object_id", "authority"), name="regulators_objectaccess_once"
            )
        ]

    def __str__(self) -> str:
        """Kind, number and body."""
        return f"{self.object_kind}:{self.object_id} → {self.authority.code}"
