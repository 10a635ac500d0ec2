from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "agentscope.budgets"
    label = "budgets"
