"""Whatever writes a record, queues hear of it: in the transaction that does, and in one statement
however many there are. A record that changed is written anew; that the ledger was told of it is no
change."""

from django.db import migrations

HEAR = """
create function review_hears() returns trigger language plpgsql as $$
begin
  insert into review_due (project_id, trace_id)
  select distinct project_id, trace_id from written where exists (
    select from review_queue queue
    where queue.project_id = written.project_id and queue.ended_at is null and queue.enabled)
  on conflict do nothing;
  return null;
end $$;

create trigger reviews_hear after insert on decision_record
  referencing new table as written for each statement execute function review_hears();
"""
DEAF = """
drop trigger reviews_hear on decision_record;
drop function review_hears();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_kept"), ("records", "0001_record")]

    operations = [migrations.RunSQL(HEAR, DEAF)]
