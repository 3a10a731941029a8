-- Grain: one row. Parameters: table name. Meaning: the planner's row estimate of a table, -1 when never analysed.
SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)
