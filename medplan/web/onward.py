"""Where signing in leads: the page of ours that was asked for, never another site's."""

from urllib.parse import urlsplit

from flask import request

from medplan.web.pages import HOME


def onward() -> str:
    """Read where to go afterwards from the form or the query."""
    wanted = request.values.get("next", HOME)
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and "\\" not in wanted
    # Browsers take any number of slashes above one for the beginning of a host.
    ours = ours and not wanted.startswith("//")
    return wanted if ours and wanted.isprintable() else HOME
