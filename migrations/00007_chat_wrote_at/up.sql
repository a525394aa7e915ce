-- When the member last wrote, NULL for never. Whether an account may answer a person freely hangs
-- on it, and the messages of a long conversation cannot be searched for it each time.
ALTER TABLE conversation_member ADD COLUMN wrote_at timestamptz;

UPDATE conversation_member m SET wrote_at = (SELECT max(w.created_at) FROM message w
    WHERE w.conversation_id = m.conversation_id AND w.sender_id = m.user_id);
