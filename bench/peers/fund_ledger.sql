-- grain: one row per loan paid out in the last fifteen months, about 300,000 of a million
-- inputs: none
-- parameters: first, last (row numbers, last exclusive)
-- meaning: the ledger's entry of each pay-out; one in a thousand is missing, which is what the anti-join must find
-- source: none
SELECT
    row_number() OVER () AS row_number,
    'E-' || lpad(CAST(n AS VARCHAR), 10, '0') AS entry_id,
    DATE '2017-06-06' AS entry_date,
    'acct-' || printf('%012x', hash(n * 64 + 21) % 281474976710656) AS account_token,
    'out' AS direction,
    CAST(1000 + (hash(n * 64 + 12) % 1000000 % 600) * 100 AS DECIMAL(18, 2)) AS amount,
    'CNY' AS currency,
    'invest' AS purpose,
    'L-' || lpad(CAST(n AS VARCHAR), 10, '0') AS loan_id,
    'B-' || lpad(CAST(n AS VARCHAR), 10, '0') AS bank_reference
FROM range(CAST($first AS BIGINT), CAST($last AS BIGINT)) AS t (n)
WHERE DATE '2014-07-01' + CAST(hash(n * 64 + 12) % 1000000 % 1090 AS INTEGER) >= DATE '2016-07-29' AND hash(n * 64 + 22) % 1000 <> 0
