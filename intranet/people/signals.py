"""Facts that several plug-ins may act on; a signal carries no logic of the app that sends it.

``leave_approved``    sender: the leave's model; ``person``, ``starts_on``, ``ends_on``
``honour_published``  sender: the honour's model; ``subject`` (Person, Window or Unit), ``title``, ``day``
``person_left``       sender: Person; ``person``, ``last_day``

Sent with ``send_robust`` after the transaction is committed, so that a receiver's fault undoes nothing.
"""

from __future__ import annotations

from django.dispatch import Signal

leave_approved = Signal()
honour_published = Signal()
person_left = Signal()
