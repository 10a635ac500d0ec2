"""Verdicts and comments are only ever added: their text alone may be erased, of which the digest
stays."""

from django.db import migrations

REFUSE = """
create function review_stays() returns trigger language plpgsql as $$
declare
  erasable constant text[] := '{text,salt,erased_at}';
begin
  if tg_op = 'UPDATE' and new.text = '' and new.salt = '' and new.erased_at is not null
      and to_jsonb(new) - erasable = to_jsonb(old) - erasable then
    return new;
  end if;
  raise exception 'what people said of decisions stays: % of % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', hint =
      'A later verdict takes the place of an earlier one. A text can be erased, its digest stays.';
end $$;

create trigger reviews_stay before update or delete on review
  for each row execute function review_stays();
create trigger reviews_stay_all before truncate on review
  for each statement execute function review_stays();
create trigger comments_stay before update or delete on review_comment
  for each row execute function review_stays();
create trigger comments_stay_all before truncate on review_comment
  for each statement execute function review_stays();

revoke delete, truncate on review, review_comment from public, current_user;
"""
ALLOW = """
grant delete, truncate on review, review_comment to current_user;
drop trigger comments_stay on review_comment;
drop trigger comments_stay_all on review_comment;
drop trigger reviews_stay on review;
drop trigger reviews_stay_all on review;
drop function review_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_reviews")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
