DROP TRIGGER IF EXISTS rule_version_immutable ON rulebook_ruleversion;
DROP FUNCTION IF EXISTS rulebook_refuse_change();
