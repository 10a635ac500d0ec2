"""The agent that a verdict is about may be called by what is redacted afterwards: then its name is
replaced there too, by nothing else than what stands for it."""

from django.db import migrations

STAYS = """
create or replace function review_stays() returns trigger language plpgsql as $$
declare
  erasable constant text[] := '{text,salt,erased_at}';
begin
  if tg_op = 'UPDATE' and new.text = '' and new.salt = '' and new.erased_at is not null
      and to_jsonb(new) - erasable = to_jsonb(old) - erasable then
    return new;
  end if;
{redacted}
  raise exception 'what people said of decisions stays: % of % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', hint =
      'A later verdict takes the place of an earlier one. A text can be erased, its digest stays.';
end $$;
"""
REDACTED = r"""
  if tg_op = 'UPDATE' and to_jsonb(new) - 'agent' = to_jsonb(old) - 'agent'
      and to_jsonb(new) ->> 'agent' ~ '\[((redacted|hashed) [^]]+|REDACTED)\]' then
    return new;
  end if;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_letters")]

    operations = [
        migrations.RunSQL(STAYS.replace("{redacted}", REDACTED), STAYS.replace("{redacted}", ""))
    ]
