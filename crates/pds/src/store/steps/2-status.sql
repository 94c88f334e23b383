-- 'active', 'deactivated', 'takendown' or 'suspended', as the protocol spells them.
ALTER TABLE account ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
