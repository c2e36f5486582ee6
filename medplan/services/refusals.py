"""Why a service says no. `gate.problems` gives each its HTTP status."""

from medplan.errors import MedplanError
from medplan.model.plan import Finding


class NotFoundError(MedplanError):
    """There is no such thing, or it is somebody else's: the answer is the same."""

    code = "not-found"

    def __init__(self) -> None:
        super().__init__("There is nothing here under this name.")


class NotAllowedError(MedplanError):
    """The caller's role does not cover this."""

    code = "not-allowed"

    def __init__(self) -> None:
        super().__init__("Your role does not allow this.")


class StaleVersionError(MedplanError):
    """The caller acts on a version that is no longer the current one."""

    code = "stale-version"

    def __init__(self, current: int) -> None:
        self.current = current
        super().__init__("The plan has changed since you read it. Read it again.")


class WrongStatusError(MedplanError):
    """The plan's status does not allow the act."""

    code = "wrong-status"

    def __init__(self, status: str, wanted: str) -> None:
        self.status, self.wanted = status, wanted
        super().__init__(f"The plan is {status}; this needs one that is {wanted}.")


class OpenFindingsError(MedplanError):
    """Findings keep the plan from being issued: a block, or a major one without a reason."""

    code = "open-findings"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("Findings keep this plan from being issued.")


class DosesLeftError(MedplanError):
    """A plan can't be completed while doses are still to come."""

    code = "doses-left"

    def __init__(self) -> None:
        super().__init__("Doses are planned after today. Stop the plan instead of completing it.")


class AlreadyAnsweredError(MedplanError):
    """Somebody has answered this check-in; its answer stays as it was given."""

    code = "already-answered"

    def __init__(self) -> None:
        super().__init__("This check-in has been answered already.")


class ProofFailedError(MedplanError):
    """The independent proof of the plan does not hold: a fault of medplan, never issued."""

    code = "proof-failed"

    def __init__(self) -> None:
        super().__init__("The plan does not stand up to its proof and can't be issued.")


class PlanChangedError(MedplanError):
    """The formulary or medplan changed since the draft was saved: it would be another plan."""

    code = "plan-changed"

    def __init__(self) -> None:
        super().__init__(
            "The formulary has changed since this draft was saved. Save it again and read it again."
        )


class KeyReusedError(MedplanError):
    """An Idempotency-Key came back with another body."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used before, with another body.")


class AccountError(MedplanError):
    """An account can't be made or found; the message says why."""

    code = "account"


class ProofTooOldError(MedplanError):
    """Whoever changes how somebody signs in has to have proven who they are a moment ago."""

    code = "proof-too-old"

    def __init__(self) -> None:
        super().__init__("Enter your password again first.")


class WrongCodeError(MedplanError):
    """A code of the second factor that is wrong, too old or used already."""

    code = "account"

    def __init__(self) -> None:
        super().__init__("The code is wrong, too old or used already.")


class AnsweredError(MedplanError):
    """A counter-check was answered already, or asks for no answer."""

    code = "answered"

    def __init__(self) -> None:
        super().__init__("This was answered already, or asks for no answer.")


class ClientRefusedError(MedplanError):
    """A client can't prove who it is; the message says what is wrong with what it sent."""

    code = "client-refused"


class ScopeRefusedError(MedplanError):
    """A client may do nothing of what it asks to be allowed."""

    code = "scope-refused"

    def __init__(self) -> None:
        super().__init__("The client may have none of these scopes.")


class BusyError(MedplanError):
    """Too much is asked of this process at once; the same request may succeed in a moment."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("Too many are signing in right now. Try again in a moment.")


class NotReadyError(MedplanError):
    """Something that every request needs is missing; the message says what."""

    code = "not-ready"
