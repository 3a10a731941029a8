"""The strict reader: uploaded CSV, CSV.gz or Parquet in, typed Parquet and explained rejections out."""

from analytics.ingest.limits import ReadLimits
from analytics.ingest.run import IngestRequest, ingest

__all__ = ["IngestRequest", "ReadLimits", "ingest"]
