import gc
import os

import django
from django.db import connection

from agentscope.checks import refuse_missing_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")
django.setup()
refuse_missing_settings()

from agentscope.api import only_decide  # noqa: E402 — models need settings

application = only_decide.application
only_decide.read_beforehand()
connection.close()  # threads of their own answer
gc.collect()
gc.freeze()  # as in wsgi.py
