-- Grain: one audit entry whose stored leaf differs from the hash of its content.
SELECT id FROM common_auditentry
 WHERE leaf <> lianxi_audit_leaf(id, table_name::text, row_id, op::text, at, actor::text, body) ORDER BY id LIMIT 100
