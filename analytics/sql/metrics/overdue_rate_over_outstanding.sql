-- grain: one row per currency
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Overdue principal / unpaid principal at the end of the period x 100
-- source: NIFA1-09; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
WITH totals AS (
    SELECT
        currency,
        CAST(SUM(overdue_principal) AS DOUBLE) AS numerator,
        CAST(SUM(outstanding_principal) AS DOUBLE) AS denominator
    FROM loans
    GROUP BY currency
)

SELECT
    currency,
    'all' AS part,
    100 * numerator / NULLIF(denominator, 0) AS value,
    numerator,
    denominator
FROM totals
ORDER BY currency
