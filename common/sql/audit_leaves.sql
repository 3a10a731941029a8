-- Grain: one audit entry. Parameters: first xid (inclusive), next xid (exclusive). Order: entry id.
SELECT leaf FROM common_auditentry WHERE xid >= %s AND xid < %s ORDER BY id
