import os

from django.core.wsgi import get_wsgi_application

from agentscope.checks import refuse_missing_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")
application = get_wsgi_application()
refuse_missing_settings()
