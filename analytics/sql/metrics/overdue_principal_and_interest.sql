-- grain: one row per currency
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Unpaid principal of overdue loans and the interest estimated at the loan's rate since the first missed day
-- source: NIFA1-07; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
SELECT
    currency,
    'all' AS part,
    CAST(SUM(overdue_principal) AS DOUBLE) + SUM(overdue_interest) AS value,
    CAST(SUM(overdue_principal) AS DOUBLE) + SUM(overdue_interest) AS numerator,
    CAST(NULL AS DOUBLE) AS denominator
FROM loans
GROUP BY currency
ORDER BY currency
