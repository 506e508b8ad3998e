from django.apps import AppConfig


class DummyPluginConfig(AppConfig):
    name = "tests.plugout.dummy_plugin"
    label = "dummy_plugin"
    verbose_name = "Dummy plug-in"
    default_auto_field = "django.db.models.BigAutoField"
