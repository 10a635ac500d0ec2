"""What is to be reviewed follows its record: what it did may come late, and take two people; and it
may be gone."""

from django.db import migrations, models

HEAR = """
create or replace function review_hears() returns trigger language plpgsql as $$
begin
  insert into review_due (project_id, trace_id)
  select distinct project_id, trace_id from written
  where tg_op = 'INSERT' and exists (
    select from review_queue queue
    where queue.project_id = written.project_id and queue.ended_at is null and queue.enabled)
  or exists (
    select from review_item item
    where item.project_id = written.project_id and item.trace_id = written.trace_id)
  on conflict do nothing;
  return null;
end $$;

create trigger reviews_hear_of_gone after delete on decision_record
  referencing old table as written for each statement execute function review_hears();

insert into review_due (project_id, trace_id)
select distinct project_id, trace_id from review_item on conflict do nothing;
"""
DEAF = """
drop trigger reviews_hear_of_gone on decision_record;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_due")]

    operations = [
        migrations.AddField("item", "is_gone", models.BooleanField(default=False)),
        migrations.RunSQL(HEAR, DEAF),
    ]
