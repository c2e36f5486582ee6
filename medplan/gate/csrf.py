"""Forms that only our own pages can send.

Every form carries a token that belongs to the browser's cookie (`csrf_token()` in a page), and a
browser that says the request comes from another site is refused whatever it carries.
"""

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

_PROTECT = CSRFProtect()
_ELSEWHERE = frozenset({"cross-site", "same-site"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install_csrf(app: Flask) -> None:
    """Give pages their token; `doors` says which views ask for it."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its cookie
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer; Sec-Fetch-Site says it better
    )
    _PROTECT.init_app(app)


def check_form() -> None:
    """Refuse a form that is not from one of our pages, or too old.

    Raises:
        CSRFError: its token is missing or another browser's, or another site sent it.
    """
    if request.method in _SAFE:
        return
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
        raise CSRFError("Another site sent this form.")
    _PROTECT.protect()
