from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "agentscope.ledger"
    label = "ledger"
