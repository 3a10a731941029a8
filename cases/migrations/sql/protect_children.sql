-- Links and notes are seen by whoever sees their case: the case table's own policy answers the inner question.
-- Writing a note needs no more than that, so an assisting authority may note; the service checks the rest.
ALTER TABLE cases_caselink ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_caselink FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON cases_caselink
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id));
ALTER TABLE cases_casenote ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_casenote FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON cases_casenote
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id));
