DROP TRIGGER IF EXISTS append_only ON common_transition;
DROP TRIGGER IF EXISTS append_only_truncate ON common_auditentry;
DROP TRIGGER IF EXISTS append_only ON common_auditentry;
DROP FUNCTION lianxi_append_only();
DROP FUNCTION lianxi_audit();
DROP FUNCTION lianxi_audit_leaf(bigint, text, bigint, text, timestamptz, text, jsonb);
DROP FUNCTION lianxi_platform();
DROP FUNCTION lianxi_authorities();
DROP FUNCTION lianxi_kind();
