"""Who looks after what the hall sends."""

from intranet.access import roles

OFFICERS = (roles.UNION_OFFICER, roles.UNION_CHAIR, roles.HR_ADMIN, roles.SYSTEM_ADMIN)
