"""A progress bar on the terminal: one line, redrawn, gone when done. Silent when the output is no terminal."""

import time
from typing import TextIO

from lianxi_filer.command.words import say

WIDTH = 28
REDRAW_SECONDS = 0.1


class ProgressBar:
    """Callable as `bar(step, done, total)`; use as a context so that the line is cleared at the end."""

    def __init__(self, stream: TextIO, language: str, *, quiet: bool = False) -> None:
        self.stream, self.language = stream, language
        self.shows = not quiet and stream.isatty()
        self._drawn = ""
        self._last = 0.0

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._drawn:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Redraw, at most ten times a second, but always when the step changes or ends."""
        now = time.monotonic()
        if not self.shows or (step == self._drawn and done != total and now - self._last < REDRAW_SECONDS):
            return
        self._drawn, self._last = step, now
        self.stream.write(f"\r\x1b[K{line_of(say(step, self.language), done, total)}")
        self.stream.flush()


def line_of(label: str, done: int, total: int) -> str:
    """One line of progress; without a total only the count."""
    if total <= 0:
        return f"{label} …" if done <= 0 else f"{label} {done:,}"
    share = min(done / total, 1.0)
    filled = int(share * WIDTH)
    return f"{label} [{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%} {done:,}/{total:,}"
