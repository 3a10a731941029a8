-- Drop a database together with its open connections.
\getenv name LIANXI_SQL_NAME

DROP DATABASE IF EXISTS :"name" WITH (FORCE);
