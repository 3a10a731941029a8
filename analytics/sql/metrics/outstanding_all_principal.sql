-- grain: one row per currency
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Sum of all principal unpaid at the end of the period, overdue principal included, no interest
-- source: NIFA1-04; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
SELECT
    currency,
    'all' AS part,
    CAST(SUM(outstanding_principal) AS DOUBLE) AS value,
    CAST(SUM(outstanding_principal) AS DOUBLE) AS numerator,
    CAST(NULL AS DOUBLE) AS denominator
FROM loans
GROUP BY currency
ORDER BY currency
