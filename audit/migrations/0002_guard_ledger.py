"""Entries are inserted one after the other and never changed; texts may be erased; the head moves forward only."""

from django.db import migrations

from audit.triggers import abort, always, insert_only, run

NEXT = "(SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_entry)"

# Named with its schema: a temporary table of that name would otherwise stand in for the ledger.
FIND_NEXT = """
  EXECUTE format('SELECT COALESCE(MAX(seq) + 1, 0) FROM %I.audit_entry', TG_TABLE_SCHEMA) INTO next_seq;
"""

SEQ = f"""
CREATE OR REPLACE FUNCTION sentinel_next_seq() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE next_seq bigint;
BEGIN{FIND_NEXT}
  IF NEW.seq <> next_seq THEN
    RAISE EXCEPTION 'append-only: entry % is not the next one', NEW.seq USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

HEAD = f"""
CREATE OR REPLACE FUNCTION sentinel_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE next_seq bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'the head of the ledger only moves forward' USING ERRCODE = '23514';
  END IF;{FIND_NEXT}
  IF NEW.size <> next_seq OR (TG_OP = 'UPDATE' AND (NEW.size <= OLD.size OR NEW.at < OLD.at)) THEN
    RAISE EXCEPTION 'the head of the ledger only moves forward' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

FORWARD = "the head of the ledger only moves forward"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_create_ledger")]
    operations = [
        insert_only("audit_entry", unique=[("seq",)]),
        run(
            postgresql=[
                SEQ,
                *always("audit_entry", "audit_entry_next", "BEFORE INSERT", "sentinel_next_seq()"),
                HEAD,
                *always(
                    "audit_head",
                    "audit_head_forward",
                    "BEFORE INSERT OR UPDATE OR DELETE",
                    "sentinel_head_forward()",
                ),
                *always("audit_head", "audit_head_no_truncate", "BEFORE TRUNCATE"),
                *always("audit_saltedtext", "audit_saltedtext_no_update", "BEFORE UPDATE"),
                *always("audit_saltedtext", "audit_saltedtext_no_truncate", "BEFORE TRUNCATE"),
            ],
            sqlite=[
                *abort(
                    "audit_entry",
                    "audit_entry_next",
                    "BEFORE INSERT",
                    f"NEW.seq <> {NEXT}",
                    "append-only: this entry is not the next one",
                ),
                *abort(
                    "audit_head",
                    "audit_head_forward",
                    "BEFORE UPDATE",
                    f"NEW.size <> {NEXT} OR NEW.size <= OLD.size OR NEW.at < OLD.at",
                    FORWARD,
                ),
                *abort(
                    "audit_head",
                    "audit_head_first",
                    "BEFORE INSERT",
                    f"NEW.size <> {NEXT} OR EXISTS (SELECT 1 FROM audit_head)",
                    FORWARD,
                ),
                *abort("audit_head", "audit_head_no_delete", "BEFORE DELETE", "", FORWARD),
                *abort(
                    "audit_saltedtext",
                    "audit_saltedtext_no_update",
                    "BEFORE UPDATE",
                    "",
                    "append-only: UPDATE on audit_saltedtext",
                ),
                *abort(
                    "audit_saltedtext",
                    "audit_saltedtext_no_replace",
                    "BEFORE INSERT",
                    "EXISTS (SELECT 1 FROM audit_saltedtext WHERE id = NEW.id"
                    " OR (entry_id = NEW.entry_id AND path = NEW.path))",
                    "append-only: REPLACE on audit_saltedtext",
                ),
            ],
        ),
    ]
