-- grain: one row per report month and currency
-- inputs: monthly_indicators_market
-- parameters: none
-- meaning: the market of one month from all platforms' disclosures; the rate is weighted by turnover
-- source: none (statistics of this system)
SELECT
    report_month,
    currency,
    COUNT(DISTINCT platform_key) AS platform_count,
    SUM(turnover_amount) AS turnover_amount,
    SUM(outstanding_balance) AS outstanding_balance,
    SUM(net_inflow_30d) AS net_inflow_30d,
    SUM(CASE WHEN net_inflow_30d < 0 THEN 1 ELSE 0 END) AS outflow_platform_count,
    SUM(CAST(turnover_amount AS DOUBLE) * CAST(average_annual_rate_percent AS DOUBLE))
        / NULLIF(
            SUM(CASE WHEN average_annual_rate_percent IS NOT NULL THEN CAST(turnover_amount AS DOUBLE) ELSE 0 END), 0
        ) AS average_annual_rate_percent
FROM monthly_indicators_market
GROUP BY report_month, currency
ORDER BY report_month, currency
