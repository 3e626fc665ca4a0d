from django.apps import AppConfig


class ConstituencyConfig(AppConfig):
    name = "misthoorn.constituency"
