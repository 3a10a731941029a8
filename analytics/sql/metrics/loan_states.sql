-- grain: one row per loan
-- inputs: loan_book
-- parameters: none
-- meaning: what the metric definitions need of each loan. Overdue = days overdue above zero, or a status that says so;
--   a paid loan never is. Days are null when the status says overdue and no days are filed. Interest is what the unpaid
--   principal has borne at the loan's own rate since the first missed day (days / 365): books carry no due interest.
-- source: house convention; the standard's annex was not seen
WITH judged AS (
    SELECT
        currency,
        principal_amount,
        outstanding_principal,
        annual_rate_percent,
        status,
        overdue_days,
        CASE
            WHEN status = 'paid' THEN 0
            WHEN overdue_days > 0 OR status IN ('late_16_30', 'late_31_120', 'charged_off') THEN 1
            ELSE 0
        END AS is_overdue
    FROM loan_book
)

SELECT
    currency,
    principal_amount,
    outstanding_principal,
    CASE WHEN outstanding_principal > 0 THEN 1 ELSE 0 END AS is_open,
    is_overdue,
    CASE WHEN is_overdue = 1 THEN outstanding_principal ELSE 0 END AS overdue_principal,
    CASE
        WHEN is_overdue = 1 AND overdue_days > 0
            THEN CAST(outstanding_principal AS DOUBLE) * CAST(annual_rate_percent AS DOUBLE) / 100 * overdue_days / 365
        ELSE CAST(0 AS DOUBLE)
    END AS overdue_interest,
    CASE
        WHEN is_overdue = 0 THEN 'none'
        WHEN overdue_days > 360 THEN '361_up'
        WHEN overdue_days > 180 THEN '181_360'
        WHEN overdue_days > 90 THEN '091_180'
        WHEN overdue_days > 0 OR status = 'late_16_30' THEN '001_090'
        ELSE 'unknown'
    END AS age
FROM judged
