from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "agentscope.accounts"
    label = "accounts"
