-- grain: session
-- inputs: none
-- parameters: $1 list of Parquet paths the session may read
-- meaning: names the only files a locked session can open; must run before lock.sql
-- source: DuckDB manual, "Securing DuckDB" (allowed_paths)
SET allowed_paths = $1
