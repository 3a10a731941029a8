-- grain: one row per currency and age of arrears
-- inputs: loans (metrics/loan_states)
-- parameters: none
-- meaning: Overdue principal of each age / unpaid principal x 100; what is older than 180 days is split at 360
-- source: NIFA1-11; NIFA disclosure standard for online lending (T/NIFA 1), seen through platforms' own pages only
WITH parts AS (
    SELECT '001_090' AS part
    UNION ALL
    SELECT '091_180' AS part
    UNION ALL
    SELECT '181_360' AS part
    UNION ALL
    SELECT '361_up' AS part
    UNION ALL
    SELECT 'unknown' AS part
),

totals AS (
    SELECT
        currency,
        CAST(SUM(outstanding_principal) AS DOUBLE) AS denominator
    FROM loans
    GROUP BY currency
),

aged AS (
    SELECT
        l.currency,
        l.age AS part,
        CAST(SUM(l.overdue_principal) AS DOUBLE) AS numerator
    FROM loans AS l
    GROUP BY 1, 2
)

SELECT
    t.currency,
    p.part,
    100 * COALESCE(a.numerator, 0) / NULLIF(t.denominator, 0) AS value,
    COALESCE(a.numerator, 0) AS numerator,
    t.denominator
FROM totals AS t
CROSS JOIN parts AS p
LEFT JOIN aged AS a ON t.currency = a.currency AND p.part = a.part
ORDER BY t.currency, p.part
