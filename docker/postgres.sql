-- Run once by the image of Postgres, as the superuser postgres, when there is no data yet: AgentScope
-- connects as a role that owns its database and is no superuser, so that triggers and rights alike
-- keep the ledger from being changed. The superuser has no password after that, so nobody logs in as
-- it over the network; an operator does in the container:
--   docker compose exec postgres psql --username postgres agentscope
\getenv password POSTGRES_PASSWORD
create role agentscope login password :'password';
create database agentscope owner agentscope;
alter role postgres password null;
