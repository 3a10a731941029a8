-- grain: one row per bank reference met on either side, and one per ledger entry without a reference
-- inputs: ledger (fund_ledger), statement (depository_statement)
-- parameters: none
-- meaning: pairs the platform's books with the depository bank's lines and names the first difference found. Several
--   entries under one reference are a batch: their sum is compared. An entry repeated under a reference that the bank
--   has once, with the bank's amount each time, is a duplicate and not a batch.
-- source: Guidelines on the depository business of online lending funds (2017), daily reconciliation of books and funds
WITH ledger_side AS (
    SELECT
        bank_reference,
        COUNT(*) AS entries,
        SUM(amount) AS amount,
        MIN(amount) AS lowest,
        MAX(amount) AS highest,
        MIN(entry_date) AS first_day,
        MAX(entry_date) AS last_day,
        MIN(direction) AS first_direction,
        MAX(direction) AS last_direction,
        MIN(currency) AS currency,
        MIN(account_token) AS account_token,
        MIN(row_number) AS first_row
    FROM ledger
    WHERE bank_reference IS NOT NULL
    GROUP BY bank_reference
),

statement_side AS (
    SELECT
        bank_reference,
        COUNT(*) AS entries,
        SUM(amount) AS amount,
        MIN(amount) AS lowest,
        MAX(amount) AS highest,
        MIN(value_date) AS first_day,
        MAX(value_date) AS last_day,
        MIN(direction) AS first_direction,
        MAX(direction) AS last_direction,
        MIN(currency) AS currency,
        MIN(account_token) AS account_token,
        MIN(row_number) AS first_row
    FROM statement
    GROUP BY bank_reference
),

paired AS (
    SELECT
        COALESCE(l.bank_reference, s.bank_reference) AS bank_reference,
        COALESCE(l.currency, s.currency) AS currency,
        -- the order of the questions is the order of seriousness
        CASE
            WHEN s.bank_reference IS NULL THEN 'missing_in_statement'
            WHEN l.bank_reference IS NULL THEN 'missing_in_ledger'
            WHEN l.currency <> s.currency THEN 'currency_differs'
            WHEN l.entries > 1 AND s.entries = 1 AND l.lowest = l.highest AND l.lowest = s.amount
                THEN 'duplicate_in_ledger'
            WHEN s.entries > 1 AND l.entries = 1 AND s.lowest = s.highest AND s.lowest = l.amount
                THEN 'duplicate_in_statement'
            WHEN l.first_direction <> s.first_direction OR l.last_direction <> s.last_direction
                THEN 'direction_differs'
            WHEN l.amount <> s.amount THEN 'amount_differs'
            WHEN l.entries = 1 AND s.entries = 1 AND l.account_token <> s.account_token THEN 'account_differs'
            WHEN l.first_day <> s.first_day OR l.last_day <> s.last_day THEN 'date_differs'
            WHEN l.entries <> s.entries THEN 'matched_batch'
            ELSE 'matched'
        END AS outcome,
        COALESCE(l.entries, 0) AS ledger_entries,
        COALESCE(s.entries, 0) AS statement_lines,
        l.amount AS ledger_amount,
        s.amount AS statement_amount,
        l.first_day AS ledger_day,
        s.first_day AS statement_day,
        l.first_row AS ledger_row,
        s.first_row AS statement_row
    FROM ledger_side AS l
    FULL OUTER JOIN statement_side AS s ON l.bank_reference = s.bank_reference
)

SELECT
    bank_reference,
    currency,
    outcome,
    ledger_entries,
    statement_lines,
    ledger_amount,
    statement_amount,
    ledger_day,
    statement_day,
    ledger_row,
    statement_row
FROM paired
UNION ALL
SELECT
    bank_reference,
    currency,
    'without_reference' AS outcome,
    1 AS ledger_entries,
    0 AS statement_lines,
    amount AS ledger_amount,
    NULL AS statement_amount,
    entry_date AS ledger_day,
    NULL AS statement_day,
    row_number AS ledger_row,
    NULL AS statement_row
FROM ledger
WHERE bank_reference IS NULL
