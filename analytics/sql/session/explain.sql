-- grain: one plan
-- inputs: the text of a vetted query follows
-- parameters: none
-- meaning: the engine's plan with its expected row counts, before a staff query runs
-- source: DuckDB manual, "EXPLAIN"
EXPLAIN (FORMAT JSON)
