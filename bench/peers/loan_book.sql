-- grain: one row per loan
-- inputs: none
-- parameters: first, last (row numbers, last exclusive), borrowers (how many different ones)
-- meaning: an invented loan book, the same at every run: every figure is a hash of the row number. About 0.5 % of the
--   rows carry one seeded fault, one of fourteen kinds (`fault`).
-- source: none
WITH numbered AS (
    SELECT
        n AS row_number,
        hash(n * 64 + 11) % 1000000 AS u1,
        hash(n * 64 + 12) % 1000000 AS u2,
        hash(n * 64 + 13) % 1000000 AS u3,
        hash(n * 64 + 14) % 1000000 AS u4,
        hash(n * 64 + 15) % CAST($borrowers AS UBIGINT) AS borrower,
        CASE WHEN hash(n * 64 + 16) % 200 = 0 THEN hash(n * 64 + 17) % 14 + 1 ELSE 0 END AS fault
    FROM range(CAST($first AS BIGINT), CAST($last AS BIGINT)) AS t (n)
),

shaped AS (
    SELECT
        *,
        hash(borrower * 64 + 18) % 10 = 0 AS is_legal,
        u1 % 100 < 43 AS is_open,
        CAST(1000 + (u2 % 600) * 100 AS DECIMAL(18, 2)) AS principal,
        CAST(CASE u3 % 5 WHEN 0 THEN 3 WHEN 1 THEN 6 WHEN 2 THEN 12 WHEN 3 THEN 24 ELSE 36 END AS BIGINT) AS term,
        CAST(600 + u4 % 1800 AS DECIMAL(9, 4)) / 100 AS rate,
        CAST(DATE '2014-07-01' + CAST(u2 % 1090 AS INTEGER) AS DATE) AS started
    FROM numbered
),

dated AS (
    SELECT
        *,
        CAST(started + CAST(u3 % 9 AS INTEGER) AS DATE) AS ended,
        CAST(started + CAST(u3 % 9 AS INTEGER) + 1 AS DATE) AS signed,
        CASE
            WHEN NOT is_open THEN 'paid' WHEN u4 % 100 < 93 THEN 'current'
            WHEN u4 % 100 < 95 THEN 'grace' WHEN u4 % 100 < 97 THEN 'late_16_30' ELSE 'late_31_120'
        END AS state
    FROM shaped
)

SELECT
    row_number,
    CASE fault
        WHEN 1 THEN 'X ' || lpad(CAST(row_number AS VARCHAR), 10, '0')
        WHEN 2 THEN 'L-' || lpad(CAST(greatest(row_number - 1, 1) AS VARCHAR), 10, '0')
        ELSE 'L-' || lpad(CAST(row_number AS VARCHAR), 10, '0')
    END AS loan_id,
    'bt-' || printf('%016x', hash(borrower * 64 + 19)) AS borrower_token,
    CASE WHEN is_legal THEN 'legal' ELSE 'natural' END AS borrower_kind,
    'CNY' AS currency,
    CASE fault WHEN 3 THEN 0 WHEN 4 THEN principal + 900000 ELSE principal END AS principal_amount,
    CASE
        WHEN fault = 3 THEN 0 WHEN fault = 5 THEN principal + 0.01 WHEN NOT is_open THEN 0
        ELSE CAST(principal * (u1 % 90 + 5) / 100 AS DECIMAL(18, 2)) + CASE fault WHEN 4 THEN 900000 ELSE 0 END
    END AS outstanding_principal,
    CASE fault WHEN 6 THEN 48.5 ELSE rate END AS annual_rate_percent,
    CASE fault WHEN 7 THEN rate - 1 ELSE rate + CAST(u1 % 300 AS DECIMAL(9, 4)) / 100 END AS all_in_annual_rate_percent,
    CASE fault WHEN 8 THEN 400 ELSE term END AS term_months,
    CASE fault WHEN 9 THEN CAST(started - 3 AS DATE) ELSE signed END AS contract_date,
    strftime(signed, '%Y-%m') AS issue_month,
    started AS fundraising_start,
    CASE fault WHEN 10 THEN CAST(started - 1 AS DATE) ELSE ended END AS fundraising_end,
    CASE fault WHEN 11 THEN 'current' ELSE state END AS status,
    CAST(CASE
        WHEN fault = 11 THEN 45
        WHEN state = 'grace' THEN u2 % 15 + 1 WHEN state = 'late_16_30' THEN u2 % 15 + 16
        WHEN state = 'late_31_120' THEN u2 % 90 + 31 ELSE 0
    END AS BIGINT) AS overdue_days,
    CASE u2 % 4
        WHEN 0 THEN 'equal_instalment' WHEN 1 THEN 'equal_principal' WHEN 2 THEN 'bullet' ELSE 'interest_first'
    END AS interest_method,
    u3 % 5 = 0 AS guarantee_flag,
    CASE WHEN fault = 12 THEN 'platform' WHEN u3 % 5 = 0 THEN 'third_party' ELSE 'none' END AS guarantor_kind,
    CASE
        WHEN fault = 13 THEN '股票配资'
        ELSE CASE u4 % 6 WHEN 0 THEN '装修' WHEN 1 THEN '进货' WHEN 2 THEN '教育' WHEN 3 THEN '资金周转' WHEN 4 THEN '购车' ELSE '医疗' END
    END AS loan_purpose,
    CAST(CASE fault WHEN 14 THEN 0 ELSE u4 % 190 + 1 END AS BIGINT) AS lender_count
FROM dated
ORDER BY row_number
