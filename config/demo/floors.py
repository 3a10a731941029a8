"""Floors for `bench filing`, measured in the same run: bare requests and a bare scan."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from config.demo.doors import WORKERS

REQUESTS_PER_FILING = 3


def bare_requests_s(base_url: str, filings: int) -> float:
    """Wall seconds of `filings` × 3 requests to the health page over kept-open connections, as many threads."""
    place = urlsplit(base_url)
    share = filings * REQUESTS_PER_FILING // WORKERS

    def ask(_number: int) -> None:
        line = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=30)
        for _ in range(share):
            line.request("GET", "/api/health/")
            line.getresponse().read()
        line.close()

    started = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(ask, range(WORKERS)))
    return round(time.monotonic() - started, 3)


def book_scan_s(content: bytes) -> float:
    """Wall seconds of one read of the CSV with a hash of every column, nothing else."""
    import io

    import pyarrow.compute as pc
    import pyarrow.csv as reader

    started = time.monotonic()
    table = reader.read_csv(io.BytesIO(content))
    for column in table.columns:
        pc.count_distinct(column)
    return round(time.monotonic() - started, 4)
