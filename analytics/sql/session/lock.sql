-- grain: session
-- inputs: none
-- parameters: none
-- meaning: no files beyond the allowed ones, no network, no later change of a setting
-- source: DuckDB manual, "Securing DuckDB"
SET enable_external_access = false;
SET lock_configuration = true
