"""Where the demo keeps its shifted business time."""

from datetime import timedelta

from django.db import models


class BusinessClock(models.Model):
    """At most one row: business time minus real time. Absent in production."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField(default=timedelta(0))

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="business_clock_one_row")]

    def __str__(self) -> str:
        """The shift in words."""
        return str(self.offset)

    @classmethod
    def current_offset(cls) -> timedelta:
        """The shift now, zero when none is stored."""
        row = cls.objects.filter(id=1).values_list("offset", flat=True).first()
        return row or timedelta(0)

    @classmethod
    def store(cls, offset: timedelta) -> None:
        """Set the shift."""
        cls.objects.update_or_create(id=1, defaults={"offset": offset})
