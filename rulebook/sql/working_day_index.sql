-- Number of working days from Monday 2000-01-03 up to and including a day, in one expression.
-- Inputs: :day (DATE), :correction (holidays and make-up workdays so far, from the pack's calendar).
-- Grain: one value per row. Portable: only DATE_DIFF in days, FLOOR, LEAST and the remainder are used.
CAST(FLOOR(DATE_DIFF('day', CAST('2000-01-03' AS DATE), :day) / 7) AS BIGINT) * 5
+ LEAST(DATE_DIFF('day', CAST('2000-01-03' AS DATE), :day) % 7, 4) + 1
+ :correction
