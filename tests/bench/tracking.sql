-- The least that can record a step: one row more in the story, and the summary brought up to date.
-- insert
INSERT INTO referral_event (id, referral_id, position, kind, from_status, to_status, at, actor_id, actor_role, reason_code,
                            facts, idempotency_key)
VALUES (:id, :referral_id, :position, :kind, :from_status, :to_status, :at, :actor_id, :actor_role, :reason_code,
        CAST(:facts AS jsonb), :idempotency_key)
-- update
UPDATE referral SET status = :to_status, position = :position, due_at = :due_at, entered_at = :at WHERE id = :referral_id
