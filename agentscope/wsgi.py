import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from agentscope.checks import refuse_missing_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")
application = get_wsgi_application()
refuse_missing_settings()

# What is loaded now stays. To look through it for cyclic garbage, again and again, took half of the
# time of a page of a trace with 20,000 runs of agents.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
