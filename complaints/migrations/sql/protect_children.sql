-- Clocks, replies, attachments and readings are seen by whoever sees their complaint: the complaint's own policy answers
-- the inner question. Replies and readings are never changed.
ALTER TABLE complaints_complaintclock ENABLE ROW LEVEL SECURITY;
ALTER TABLE complaints_complaintclock FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON complaints_complaintclock
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM complaints_complaint c WHERE c.id = complaint_id));
ALTER TABLE complaints_reply ENABLE ROW LEVEL SECURITY;
ALTER TABLE complaints_reply FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON complaints_reply
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM complaints_complaint c WHERE c.id = complaint_id));
ALTER TABLE complaints_attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE complaints_attachment FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON complaints_attachment
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM complaints_complaint c WHERE c.id = complaint_id));
ALTER TABLE complaints_personalread ENABLE ROW LEVEL SECURITY;
ALTER TABLE complaints_personalread FORCE ROW LEVEL SECURITY;
CREATE POLICY lianxi_scope ON complaints_personalread
    USING ((SELECT lianxi_kind()) = 'system' OR EXISTS (SELECT 1 FROM complaints_complaint c WHERE c.id = complaint_id));
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON complaints_reply
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON complaints_personalread
    FOR EACH ROW EXECUTE FUNCTION lianxi_append_only();
