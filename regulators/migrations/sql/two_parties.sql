-- Who sees a row: the authority that asks, the one that is asked, one it was shared with, the system.
-- No principal: an error.
ALTER TABLE $TABLE$ ENABLE ROW LEVEL SECURITY;
ALTER TABLE $TABLE$ FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON $TABLE$
    USING (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN from_authority_id = ANY ((SELECT lianxi_authorities())::bigint[])
                OR to_authority_id = ANY ((SELECT lianxi_authorities())::bigint[])
                OR EXISTS (
                    SELECT 1 FROM regulators_objectaccess a
                     WHERE a.object_kind = '$KIND$' AND a.object_id = $TABLE$.id
                       AND a.authority_id = ANY ((SELECT lianxi_authorities())::bigint[]))
            ELSE false
        END)
    WITH CHECK (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN from_authority_id = ANY ((SELECT lianxi_authorities())::bigint[])
                OR to_authority_id = ANY ((SELECT lianxi_authorities())::bigint[])
            ELSE false
        END);
