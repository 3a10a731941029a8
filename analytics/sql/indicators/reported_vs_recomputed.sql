-- grain: one row per report month, currency and indicator
-- inputs: monthly_indicators, stock (indicators/loan_book_totals), issued (indicators/issued_in_month)
-- parameters: none
-- meaning: what the platform disclosed beside what its own loans give. Null recomputed = the loan book lacks what the
--   indicator needs. relative_difference = (reported - recomputed) / recomputed.
-- source: Guidelines on information disclosure of online lending intermediaries (2017), items of operation
WITH compared AS (
    SELECT
        m.report_month,
        m.currency,
        'outstanding_balance' AS indicator,
        CAST(m.outstanding_balance AS DOUBLE) AS reported,
        CAST(s.outstanding_balance AS DOUBLE) AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN stock AS s ON m.currency = s.currency
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'top10_borrower_share_percent' AS indicator,
        CAST(m.top10_borrower_share_percent AS DOUBLE) AS reported,
        s.top10_borrower_share_percent AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN stock AS s ON m.currency = s.currency
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'turnover_amount' AS indicator,
        CAST(m.turnover_amount AS DOUBLE) AS reported,
        CAST(i.turnover_amount AS DOUBLE) AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN issued AS i ON m.currency = i.currency AND m.report_month = i.issue_month
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'loan_count' AS indicator,
        CAST(m.loan_count AS DOUBLE) AS reported,
        CAST(i.loan_count AS DOUBLE) AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN issued AS i ON m.currency = i.currency AND m.report_month = i.issue_month
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'borrower_count' AS indicator,
        CAST(m.borrower_count AS DOUBLE) AS reported,
        CAST(i.borrower_count AS DOUBLE) AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN issued AS i ON m.currency = i.currency AND m.report_month = i.issue_month
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'average_annual_rate_percent' AS indicator,
        CAST(m.average_annual_rate_percent AS DOUBLE) AS reported,
        i.average_annual_rate_percent AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN issued AS i ON m.currency = i.currency AND m.report_month = i.issue_month
    UNION ALL
    SELECT
        m.report_month,
        m.currency,
        'average_term_months' AS indicator,
        CAST(m.average_term_months AS DOUBLE) AS reported,
        i.average_term_months AS recomputed
    FROM monthly_indicators AS m
    LEFT JOIN issued AS i ON m.currency = i.currency AND m.report_month = i.issue_month
)

SELECT
    report_month,
    currency,
    indicator,
    reported,
    recomputed,
    reported - recomputed AS difference,
    (reported - recomputed) / NULLIF(recomputed, 0) AS relative_difference
FROM compared
ORDER BY report_month, currency, indicator
