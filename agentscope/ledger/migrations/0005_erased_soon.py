"""Whether content may be erased is asked of the newest entry that erases first: of many entries that
erase, the others are not read."""

from django.db import migrations

TOLD = """
create or replace function ledger_content_told() returns trigger language plpgsql as $$
declare
  untold bigint;
begin
  select min(gone.position) into untold from gone where case
    when (
      select entry.position > gone.position
        and content.said -> 'positions' @> to_jsonb(gone.position)
      from ledger_entry entry join ledger_content content using (project_id, position)
      where entry.project_id = gone.project_id and entry.kind = 'ledger.erased'
      order by entry.position desc limit 1
    ) then false
    else not exists (
      select from ledger_entry entry join ledger_content content using (project_id, position)
      where entry.project_id = gone.project_id and entry.kind = 'ledger.erased'
        and entry.position > gone.position
        and content.said -> 'positions' @> to_jsonb(gone.position)
    )
  end;
  if untold is not null then
    raise exception 'the content of entry % is erased only after an entry that says so', untold
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_anchored")]

    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
