-- One row when the database exists.
\getenv name LIANXI_SQL_NAME

SELECT 1 FROM pg_database WHERE datname = :'name';
