-- grain: one row per currency
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Overdue loans / cumulative lending x 100: a count over an amount means nothing; kept to recognise figures made this way
-- source: NIFA1-10; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
WITH totals AS (
    SELECT
        currency,
        CAST(SUM(is_overdue) AS DOUBLE) AS numerator,
        CAST(SUM(principal_amount) AS DOUBLE) AS denominator
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
