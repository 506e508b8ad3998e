"""Tags with which the base template looks at its own blocks."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def block_text(context: template.Context, name: str) -> str:
    """What the page put into a block, once more: the heading is the title unless a page says otherwise."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return mark_safe(block.nodelist.render(context).strip()) if block else ""


class Filled(template.Node):
    def __init__(self, nodelist: NodeList, tag: str, css: str) -> None:
        self.nodelist = nodelist
        self.tag = tag
        self.css = css

    def render(self, context: template.Context) -> str:
        inside = self.nodelist.render(context).strip()
        return format_html('<{0} class="{1}">{2}</{0}>', self.tag, self.css, mark_safe(inside)) if inside else ""


@register.tag
def filled(parser: Parser, token: Token) -> Filled:
    """`{% filled "p" "lead" %}…{% endfilled %}`: the element only when something is in it."""
    _name, tag, css = token.split_contents()
    nodelist = parser.parse(("endfilled",))
    parser.delete_first_token()
    return Filled(nodelist, tag.strip("\"'"), css.strip("\"'"))
