-- Number of working days from Monday 2000-01-03 up to and including a day, in one expression.
-- Inputs: :day (DATE), :correction (holidays and make-up workdays so far, from the pack's calendar).
-- Grain: one value per row. Portable functions only: the same on every engine.
FLOOR_DIV(DAYS_BETWEEN(CAST('2000-01-03' AS DATE), :day), 7) * 5
+ LEAST(REMAINDER(DAYS_BETWEEN(CAST('2000-01-03' AS DATE), :day), 7), 4) + 1
+ :correction
