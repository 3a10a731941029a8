-- grain: one row per currency
-- inputs: loan_book
-- parameters: none
-- meaning: the disclosed stock indicators recomputed from loans. Open = neither paid nor charged off. The rate is
--   weighted by outstanding principal. Overdue = late_16_30 or late_31_120; grace is not overdue.
-- source: Guidelines on information disclosure of online lending intermediaries (2017), items of operation
WITH open_loans AS (
    SELECT
        currency,
        borrower_token,
        outstanding_principal,
        CAST(outstanding_principal AS DOUBLE) * CAST(annual_rate_percent AS DOUBLE) AS rate_weight,
        CASE WHEN status IN ('late_16_30', 'late_31_120') THEN outstanding_principal ELSE 0 END AS overdue_principal
    FROM loan_book
    WHERE status NOT IN ('paid', 'charged_off')
),

borrowers AS (
    SELECT
        currency,
        borrower_token,
        SUM(outstanding_principal) AS outstanding
    FROM open_loans
    WHERE borrower_token IS NOT NULL
    GROUP BY currency, borrower_token
),

ranked AS (
    SELECT
        currency,
        outstanding,
        ROW_NUMBER() OVER (PARTITION BY currency ORDER BY outstanding DESC, borrower_token) AS place
    FROM borrowers
),

largest AS (
    SELECT
        currency,
        COUNT(*) AS borrower_count,
        SUM(CASE WHEN place <= 10 THEN outstanding ELSE 0 END) AS top10_outstanding,
        SUM(outstanding) AS known_outstanding
    FROM ranked
    GROUP BY currency
),

stock AS (
    SELECT
        currency,
        COUNT(*) AS open_loan_count,
        SUM(outstanding_principal) AS outstanding_balance,
        SUM(rate_weight) AS rate_weight,
        SUM(overdue_principal) AS overdue_balance
    FROM open_loans
    GROUP BY currency
)

SELECT
    s.currency,
    s.open_loan_count,
    s.outstanding_balance,
    s.overdue_balance,
    s.rate_weight / NULLIF(CAST(s.outstanding_balance AS DOUBLE), 0) AS weighted_annual_rate_percent,
    CAST(s.overdue_balance AS DOUBLE) / NULLIF(CAST(s.outstanding_balance AS DOUBLE), 0) AS overdue_ratio,
    l.borrower_count,
    100 * CAST(l.top10_outstanding AS DOUBLE) / NULLIF(CAST(l.known_outstanding AS DOUBLE), 0)
        AS top10_borrower_share_percent
FROM stock AS s
LEFT JOIN largest AS l ON s.currency = l.currency
ORDER BY s.currency
