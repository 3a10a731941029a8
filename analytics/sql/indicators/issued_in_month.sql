-- grain: one row per currency and month of issue
-- inputs: loan_book
-- parameters: none
-- meaning: the disclosed flow indicators recomputed from loans; rate and term are weighted by principal
-- source: Guidelines on information disclosure of online lending intermediaries (2017), items of operation
SELECT
    currency,
    issue_month,
    SUM(principal_amount) AS turnover_amount,
    COUNT(*) AS loan_count,
    CASE WHEN COUNT(borrower_token) > 0 THEN COUNT(DISTINCT borrower_token) END AS borrower_count,
    SUM(CAST(principal_amount AS DOUBLE) * CAST(annual_rate_percent AS DOUBLE))
        / NULLIF(CAST(SUM(principal_amount) AS DOUBLE), 0) AS average_annual_rate_percent,
    SUM(CAST(principal_amount AS DOUBLE) * term_months)
        / NULLIF(CAST(SUM(principal_amount) AS DOUBLE), 0) AS average_term_months
FROM loan_book
GROUP BY currency, issue_month
ORDER BY currency, issue_month
