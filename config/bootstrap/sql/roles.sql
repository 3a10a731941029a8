-- The two roles of the system and what they may do in databases made later. Runs in template1, repeatable.
\getenv owner_password LIANXI_SQL_OWNER_PASSWORD
\getenv app_password LIANXI_SQL_APP_PASSWORD

SELECT 'CREATE ROLE lianxi_owner'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lianxi_owner') \gexec
SELECT 'CREATE ROLE lianxi_app'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lianxi_app') \gexec

ALTER ROLE lianxi_owner
  LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE lianxi_app
  LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER DEFAULT PRIVILEGES FOR ROLE lianxi_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lianxi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE lianxi_owner
  GRANT USAGE, SELECT ON SEQUENCES TO lianxi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE lianxi_owner
  GRANT EXECUTE ON FUNCTIONS TO lianxi_app;
