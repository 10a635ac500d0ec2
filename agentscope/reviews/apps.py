from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "agentscope.reviews"
    label = "reviews"
