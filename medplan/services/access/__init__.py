"""Who may do what. Deny by default: what `matrix.toml` does not say, nobody may.

`roles` has the words, `matrix` reads the file, and `require` is the one question that services ask.
"""

from medplan.services.access.caller import EVERYTHING, Caller, SignedIn
from medplan.services.access.matrix import MATRIX, may, require
from medplan.services.access.roles import Reach, Right, Role

__all__ = ["EVERYTHING", "MATRIX", "Caller", "Reach", "Right", "Role", "SignedIn", "may", "require"]
