"""What the door itself refuses, before any service is asked."""

from medplan.errors import MedplanError


class NoTokenError(MedplanError):
    """The request carries no bearer token that opens anything."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("Send a valid API token: Authorization: Bearer …")


class PlainHttpError(MedplanError):
    """A secret address was asked for without encryption; there is no answer and no redirect."""

    code = "plain-http"

    def __init__(self) -> None:
        super().__init__("This address is secret. Ask for it by https, and replace it.")


class NotSignedInError(MedplanError):
    """Nobody is signed in with this browser, or not any more. Pages lead to the way in."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class SecondFactorMissingError(MedplanError):
    """The password was right; the code from the second factor is still to come."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("Enter the code of your second factor first.")


class WeakSignInError(MedplanError):
    """The identity provider vouches for somebody, but by less than this deployment demands."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("The sign-in there was not strong enough.")


class NoRightDeclaredError(MedplanError):
    """The view does not say which right it asks for: a fault of ours, and nobody may pass."""

    code = "not-allowed"

    def __init__(self) -> None:
        super().__init__("This route declares no right, so nobody may use it.")


class TooManyError(MedplanError):
    """More was asked for than one caller, feed or address may in a while."""

    code = "too-many-requests"

    def __init__(self) -> None:
        super().__init__("Too much was asked for lately. Retry-After says when to go on.")


class NotJsonError(MedplanError):
    """The body is not declared as JSON."""

    code = "unsupported-media-type"

    def __init__(self) -> None:
        super().__init__("Send the body as Content-Type: application/json.")


class NoIdempotencyKeyError(MedplanError):
    """A POST that stores something came without a usable Idempotency-Key."""

    code = "idempotency-key-missing"

    def __init__(self) -> None:
        super().__init__("Send an Idempotency-Key of 1 to 255 visible characters with this POST.")


class NoVersionError(MedplanError):
    """A change came without saying which version it is based on."""

    code = "if-match-missing"

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of the version that you read.")
