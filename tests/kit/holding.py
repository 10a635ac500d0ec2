"""Whether somebody else could put a trace on hold."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import OperationalError, connection, transaction

from agentscope.retention.models import Hold


def can_be_held(project_id: int, trace_id: UUID) -> bool:
    """Whether another connection can hold a trace just now, without waiting. It holds none after
    that."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(tried, project_id, trace_id).result()


def tried(project_id: int, trace_id: UUID) -> bool:
    """The same in a thread of its own."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '50ms'")
            Hold.objects.create(project_id=project_id, trace_id=trace_id)
            transaction.set_rollback(True)
    except OperationalError:
        return False
    finally:
        connection.close()
    return True
