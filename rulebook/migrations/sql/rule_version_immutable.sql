-- A rule version is evidence: findings point at it. It can be written once and never changed or deleted.
CREATE FUNCTION rulebook_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'rule versions are immutable: write a new version' USING ERRCODE = 'restrict_violation';
END
$body$;

CREATE TRIGGER rule_version_immutable BEFORE UPDATE OR DELETE ON rulebook_ruleversion
    FOR EACH ROW EXECUTE FUNCTION rulebook_refuse_change();
