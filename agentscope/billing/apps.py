from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "agentscope.billing"
    label = "billing"
