-- Who sees questions, seats and opinions of the expert advisory group (system: rows as they are, opinions stay sealed).
-- A seat: its expert, and staff who hold an office. A question: the experts on its panel, and staff who hold an office.
-- An opinion: its author; everybody who may see the question once it is published, unless the author was recused.
ALTER TABLE regulators_panelseat ENABLE ROW LEVEL SECURITY;
ALTER TABLE regulators_panelseat FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON regulators_panelseat
    USING (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN cardinality((SELECT lianxi_authorities())::bigint[]) > 0
                OR actor = current_setting('lianxi.actor', true)
            ELSE false
        END);

ALTER TABLE regulators_expertquestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE regulators_expertquestion FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON regulators_expertquestion
    USING (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN cardinality((SELECT lianxi_authorities())::bigint[]) > 0
                OR EXISTS (
                    SELECT 1 FROM regulators_panelseat s
                     WHERE s.question_id = regulators_expertquestion.id
                       AND s.actor = current_setting('lianxi.actor', true))
            ELSE false
        END);

ALTER TABLE regulators_opinion ENABLE ROW LEVEL SECURITY;
ALTER TABLE regulators_opinion FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON regulators_opinion
    USING (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN EXISTS (
                SELECT 1 FROM regulators_panelseat s
                  JOIN regulators_expertquestion q ON q.id = s.question_id
                 WHERE s.id = regulators_opinion.seat_id
                   AND (s.actor = current_setting('lianxi.actor', true)
                        OR (q.state = 'published' AND s.state = 'answered')))
            ELSE false
        END)
    WITH CHECK (
        CASE (SELECT lianxi_kind())
            WHEN 'system' THEN true
            WHEN 'staff' THEN EXISTS (
                SELECT 1 FROM regulators_panelseat s
                 WHERE s.id = regulators_opinion.seat_id AND s.actor = current_setting('lianxi.actor', true))
            ELSE false
        END);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON regulators_opinion
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON regulators_discussionnote
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();
