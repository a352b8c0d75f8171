CREATE INDEX notification_actor_id_ix ON notification (workspace_id, actor_id, id);

CREATE INDEX notification_case_id_ix ON notification (workspace_id, case_id, id);

CREATE INDEX notification_company_id_ix ON notification (workspace_id, company_id, id);

CREATE INDEX notification_contact_id_ix ON notification (workspace_id, contact_id, id);

CREATE INDEX notification_contract_id_ix ON notification (workspace_id, contract_id, id);

CREATE INDEX notification_created_at_ix ON notification (workspace_id, created_at, id);

CREATE INDEX notification_deal_id_ix ON notification (workspace_id, deal_id, id);

CREATE INDEX notification_invoice_id_ix ON notification (workspace_id, invoice_id, id);

CREATE INDEX notification_kind_ix ON notification (workspace_id, kind, id);

CREATE INDEX notification_lead_id_ix ON notification (workspace_id, lead_id, id);

CREATE INDEX notification_note_id_ix ON notification (workspace_id, note_id, id);

CREATE INDEX notification_owner_id_ix ON notification (workspace_id, owner_id, id);

CREATE INDEX notification_project_id_ix ON notification (workspace_id, project_id, id);

CREATE INDEX notification_quote_id_ix ON notification (workspace_id, quote_id, id);

CREATE INDEX notification_read_at_ix ON notification (workspace_id, read_at, id);

CREATE INDEX notification_task_id_ix ON notification (workspace_id, task_id, id);

CREATE INDEX notification_unread_ix ON notification (workspace_id, owner_id, id) WHERE read_at IS NULL;

CREATE INDEX notification_updated_at_ix ON notification (workspace_id, updated_at, id);
