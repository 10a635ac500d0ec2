"""Entries and checkpoints are only ever added; content is erased only once an entry tells of it."""

from django.db import migrations

REFUSE = """
create function ledger_refuses() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only ever added to: % of % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', hint =
      'What an entry says can be erased by a later entry that tells who erased it and why.';
end $$;

create function ledger_content_told() returns trigger language plpgsql as $$
declare
  untold bigint;
begin
  select min(gone.position) into untold from gone where not exists (
    select from ledger_entry entry join ledger_content content using (project_id, position)
    where entry.project_id = gone.project_id and entry.kind = 'ledger.erased'
      and entry.position > gone.position
      and content.said -> 'positions' @> to_jsonb(gone.position)
  );
  if untold is not null then
    raise exception 'the content of entry % is erased only after an entry that says so', untold
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

create trigger entries_stay before update or delete on ledger_entry
  for each row execute function ledger_refuses();
create trigger entries_stay_all before truncate on ledger_entry
  for each statement execute function ledger_refuses();
create trigger checkpoints_stay before update or delete on ledger_checkpoint
  for each row execute function ledger_refuses();
create trigger checkpoints_stay_all before truncate on ledger_checkpoint
  for each statement execute function ledger_refuses();
create trigger content_stays before update on ledger_content
  for each row execute function ledger_refuses();
create trigger content_stays_all before truncate on ledger_content
  for each statement execute function ledger_refuses();
create trigger content_is_told_of after delete on ledger_content
  referencing old table as gone for each statement execute function ledger_content_told();

revoke update, delete, truncate on ledger_entry, ledger_checkpoint from public, current_user;
revoke update, truncate on ledger_content from public, current_user;
"""
ALLOW = """
grant update, delete, truncate on ledger_entry, ledger_checkpoint, ledger_content to current_user;
drop trigger content_is_told_of on ledger_content;
drop trigger content_stays on ledger_content;
drop trigger content_stays_all on ledger_content;
drop trigger checkpoints_stay on ledger_checkpoint;
drop trigger checkpoints_stay_all on ledger_checkpoint;
drop trigger entries_stay on ledger_entry;
drop trigger entries_stay_all on ledger_entry;
drop function ledger_content_told();
drop function ledger_refuses();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_chain")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
