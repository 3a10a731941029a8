-- Grain: one row. Meaning: every transaction with a smaller id has ended, so nothing can still appear below it.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint
