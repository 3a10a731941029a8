-- grain: one row per currency
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Unpaid principal at the end of the period less the principal of overdue loans
-- source: NIFA1-04; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
SELECT
    currency,
    'all' AS part,
    CAST(SUM(outstanding_principal - overdue_principal) AS DOUBLE) AS value,
    CAST(SUM(outstanding_principal - overdue_principal) AS DOUBLE) AS numerator,
    CAST(NULL AS DOUBLE) AS denominator
FROM loans
GROUP BY currency
ORDER BY currency
