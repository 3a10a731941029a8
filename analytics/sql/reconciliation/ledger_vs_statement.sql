-- grain: one row per currency and outcome
-- inputs: reconciled (reconciliation/by_reference)
-- parameters: none
-- meaning: how many references agree, and how many differ in which way, with the amounts on both sides
-- source: Guidelines on the depository business of online lending funds (2017), daily reconciliation of books and funds
SELECT
    currency,
    outcome,
    COUNT(*) AS reference_count,
    SUM(ledger_entries) AS ledger_entries,
    SUM(statement_lines) AS statement_lines,
    COALESCE(SUM(ledger_amount), 0) AS ledger_amount,
    COALESCE(SUM(statement_amount), 0) AS statement_amount,
    COALESCE(SUM(ledger_amount), 0) - COALESCE(SUM(statement_amount), 0) AS difference
FROM reconciled
GROUP BY currency, outcome
ORDER BY currency, outcome
