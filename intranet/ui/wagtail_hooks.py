from wagtail import hooks

from . import admin_look

hooks.register("insert_global_admin_css", admin_look.stylesheet)
hooks.register("insert_global_admin_js", admin_look.script)
hooks.register("construct_help_menu", admin_look.keep_inside)
