-- A database of lianxi_owner that only the two roles may enter.
\getenv name LIANXI_SQL_NAME
\getenv template LIANXI_SQL_TEMPLATE

CREATE DATABASE :"name" OWNER lianxi_owner TEMPLATE :"template";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO lianxi_app;
