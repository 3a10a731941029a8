-- grain: one row
-- inputs: none
-- parameters: none
-- meaning: makes the engine load its catalogue, so that a forked child need not
-- source: none
SELECT 1 AS ready
