-- Functions that row-level policies and the audit trigger share. Run by the owning role.
CREATE FUNCTION lianxi_kind() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $fn$
DECLARE kind text := current_setting('lianxi.kind', true);
BEGIN
    IF kind IS NULL OR kind = '' THEN
        RAISE EXCEPTION 'no principal is set for this transaction'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Wrap the work in common.db.acting.acting_as(principal).';
    END IF;
    RETURN kind;
END $fn$;

CREATE FUNCTION lianxi_authorities() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $fn$
    SELECT coalesce(nullif(current_setting('lianxi.authorities', true), ''), '{}')::bigint[]
$fn$;

CREATE FUNCTION lianxi_platform() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $fn$
    SELECT nullif(current_setting('lianxi.platform', true), '')::bigint
$fn$;

CREATE FUNCTION lianxi_audit_leaf(entry_id bigint, table_name text, row_id bigint, op text, at timestamptz, actor text, body jsonb)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $fn$
    SELECT sha256(convert_to(concat_ws(chr(31), entry_id::text, table_name, row_id::text, op,
        (extract(epoch FROM at) * 1000000)::bigint::text, actor, body::text), 'UTF8'))
$fn$;

-- One row per change. An update keeps the changed columns only; the fold of all entries of a row equals the row.
CREATE FUNCTION lianxi_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $fn$
DECLARE
    entry_id bigint;
    moment timestamptz := clock_timestamp();
    who text := coalesce(nullif(current_setting('lianxi.actor', true), ''), 'none:' || session_user);
    request text := coalesce(current_setting('lianxi.request', true), '');
    body jsonb;
    row_key bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        body := to_jsonb(NEW); row_key := NEW.id;
    ELSIF TG_OP = 'UPDATE' THEN
        row_key := NEW.id;
        SELECT jsonb_object_agg(n.key, n.value) INTO body
          FROM jsonb_each(to_jsonb(NEW)) n JOIN jsonb_each(to_jsonb(OLD)) o USING (key)
         WHERE n.value IS DISTINCT FROM o.value;
        IF body IS NULL THEN RETURN NULL; END IF;
    ELSE
        body := '{}'::jsonb; row_key := OLD.id;
    END IF;
    entry_id := nextval(pg_get_serial_sequence('common_auditentry', 'id'));
    INSERT INTO common_auditentry (id, table_name, row_id, op, at, actor, request_id, body, leaf, xid)
    VALUES (entry_id, TG_TABLE_NAME, row_key, TG_OP, moment, who, request, body,
            lianxi_audit_leaf(entry_id, TG_TABLE_NAME, row_key, TG_OP, moment, who, body),
            pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $fn$;

CREATE FUNCTION lianxi_append_only() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $fn$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON common_auditentry
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON common_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION lianxi_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON common_transition
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();

-- The serving role may read the trail; only the trigger, which runs as the owner, writes it.
DO $do$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lianxi_app') AND current_user <> 'lianxi_app' THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON common_auditentry FROM lianxi_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON common_transition FROM lianxi_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON common_auditepoch FROM lianxi_app;
    END IF;
END $do$;
