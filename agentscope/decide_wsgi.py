import gc
import os

import django

from agentscope.checks import refuse_missing_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")
django.setup()
refuse_missing_settings()

from agentscope.api.only_decide import application  # noqa: E402, F401 — models need settings

gc.collect()
gc.freeze()  # as in wsgi.py
