"""Staff pages of complaints and of who opened personal text."""

from complaints.admin import pages, reads

__all__ = ["pages", "reads"]
