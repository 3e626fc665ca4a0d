from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "misthoorn.insight"
