ALTER TABLE "business_hours" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "case_status" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "case_template" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "consumer_offset" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "contract_template" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "counter" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "custom_field" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "dead_letter" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "effect" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "email_template" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "exchange_rate" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "external_id" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "idempotency_key" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "lead_score_weight" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "merged_record" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "metric_snapshot" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "not_duplicate" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "pipeline" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "product" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "project_template" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "render_failure" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "role_setting" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "sequence" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "sla_policy" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "tag" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "timeline_entry" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "tracking_key" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "undo_row" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "undone_act" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "user" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "api_key" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "call" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "case_template_task" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "company" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "custom_value" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "dashboard" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "email" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "import" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "invitation" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "meeting" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "note" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "notification_setting" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "pipeline_stage" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "product_price" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "product_tier" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "project_template_milestone" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "sequence_step" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "session" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "sms" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "tagging" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "team" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "upload" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "workflow" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "contact" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "dashboard_share" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "dashboard_widget" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "file" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "import_progress" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "import_row_error" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "lead_assignment_rule" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "mention" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "project_template_task" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "saved_view" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "stage_gate" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "stage_task_template" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "team_member" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "web_form" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "workflow_revision" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "workflow_run" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "contact_company" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "deal" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "email_file" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "file_attachment" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "gate_condition" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "lead_assignment_member" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "workflow_step" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "workspace" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "approval_request" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "case" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "lead" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "project" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "quote" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "stage_change" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "contract" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "form_submission" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "lead_signal" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "milestone" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "page_visit" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "project_member" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "quote_line" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "quote_visitor" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "sequence_enrollment" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "contract_signer" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "envelope" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "invoice" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "task" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "credit_memo" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "document" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "invoice_line" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "notification" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "payment" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "signature_event" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "task_dependency" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "mail" ALTER COLUMN workspace_id SET (n_distinct = 1);

ALTER TABLE "inbound_mail" ALTER COLUMN workspace_id SET (n_distinct = 1);
