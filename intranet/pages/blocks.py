"""What a page of the hall is written with. No block comes from a plug-in: its absence would erase text."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

PLAIN_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=120)

    class Meta:
        icon = "image"
        label = _("Picture with caption")
        template = "pages/blocks/image.html"


class FactBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=60)
    text = blocks.TextBlock(label=_("Text"), rows=2)

    class Meta:
        icon = "list-ul"
        label = _("Fact")


class AttachmentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("File"))
    title = blocks.CharBlock(label=_("Shown as"), required=False, max_length=120)

    class Meta:
        icon = "doc-full"
        label = _("Attachment")
        template = "pages/blocks/attachment.html"


class MottoBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words"), rows=2)
    source = blocks.CharBlock(label=_("Whose words"), required=False, max_length=80)

    class Meta:
        icon = "openquote"
        label = _("Quotation or motto")
        template = "pages/blocks/motto.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=80)
    text = blocks.TextBlock(label=_("What is done"), required=False, rows=2)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class ContactBlock(blocks.StructBlock):
    office = blocks.CharBlock(label=_("Office"), max_length=80)
    person = blocks.CharBlock(label=_("Contact person"), required=False, max_length=60)
    phone = blocks.CharBlock(label=_("Telephone"), required=False, max_length=40)
    place = blocks.CharBlock(label=_("Room or window"), required=False, max_length=80)

    class Meta:
        icon = "user"
        label = _("Contact")
        template = "pages/blocks/contact.html"


class HallBlocks(blocks.StreamBlock):
    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=80, form_classname="title", template="pages/blocks/heading.html"
    )
    paragraph = blocks.RichTextBlock(
        label=_("Paragraph"), icon="pilcrow", features=PLAIN_FEATURES, template="pages/blocks/paragraph.html"
    )
    image = ImageBlock()
    facts = blocks.ListBlock(FactBlock(), label=_("List of facts"), icon="table", template="pages/blocks/facts.html")
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), icon="list-ol", template="pages/blocks/steps.html")
    attachment = AttachmentBlock()
    motto = MottoBlock()
    contact = ContactBlock()
