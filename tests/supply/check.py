"""What medplan is made of and what leaks with it: four looks, each told in one line or more.

Secrets in the tree and bandit's faults in our code fail. Known faults of dependencies fail too, but
their list is somebody else's service: where it can't be reached, that is said and nothing fails.
The list of parts goes to build/sbom.json (CycloneDX).
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SBOM = ROOT / "build" / "sbom.json"
SECRETS = re.compile(
    r"-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY"
    r"|\bmp[acfkprs]_[A-Za-z0-9_-]{43,45}[0-9a-f]{8}\b"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[A-Za-z0-9-]{10,}"
    r"|://[^/\s:@{}$<>]+:(?!…|\.\.\.|CHANGE)[^/\s:@{}$<>]{6,}@(?!127\.0\.0\.1|localhost|example)"
)
INVENTED = {"docs/openapi.json", "medplan/api/example_files/answers.json"}
"""Answers of a practice that was thrown away: their tokens open nothing."""
LEFT = "B608,B704"
"""What ruff looks for as well, and is told a reason at each place."""
_SERVICE_AWAY = ("ConnectionError", "Failed to", "HTTPError", "Timeout", "Max retries")
_WAIT_S = 60


def run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one of the tools beside this Python."""
    return subprocess.run(
        [str(BIN / program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_WAIT_S,
        check=False,
    )


def leaked() -> Iterator[str]:
    """The places in the tree that look like a secret; never the secret itself."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        file = ROOT / name
        looked_at = file.is_file() and name not in INVENTED
        text = file.read_text("utf-8", "replace") if looked_at else ""
        for number, line in enumerate(text.splitlines(), start=1):
            if SECRETS.search(line):
                yield f"{name}:{number}"


def look_for_secrets() -> bool:
    """Whether the tree holds none."""
    found = [*leaked()]
    print(f"secrets in the tree: {len(found)}", *found, sep="\n  ")
    return not found


def look_at_our_code() -> bool:
    """Whether bandit finds nothing of weight."""
    done = run("bandit", "-q", "-r", "medplan", "config.py", "wsgi.py", "-ll", "--skip", LEFT)
    print(f"bandit: {'nothing of weight' if done.returncode == 0 else done.stdout}")
    return done.returncode == 0


def look_at_dependencies() -> bool:
    """Whether no version in use has a known fault, as far as somebody can be asked."""
    try:
        done = run("pip-audit", "--disable-pip", "--no-deps", "-r", "requirements.txt")
    except subprocess.TimeoutExpired:
        print("known faults of dependencies: not asked, the service did not answer in time")
        return True
    if done.returncode and any(word in done.stderr for word in _SERVICE_AWAY):
        print("known faults of dependencies: not asked, the service can't be reached")
        return True
    if "could not be audited" in done.stdout:
        print("known faults of dependencies: not told, the registry in use has no such service")
        return done.returncode == 0
    print(f"known faults of dependencies: {done.stdout or 'none'}")
    return done.returncode == 0


def list_parts() -> bool:
    """Whether the list of parts was written."""
    SBOM.parent.mkdir(exist_ok=True)
    done = run("cyclonedx-py", "requirements", "requirements.txt", "--of", "JSON", "-o", str(SBOM))
    print(f"list of parts: {SBOM.relative_to(ROOT) if done.returncode == 0 else done.stderr}")
    return done.returncode == 0


if __name__ == "__main__":
    looks = (look_for_secrets(), look_at_our_code(), look_at_dependencies(), list_parts())
    sys.exit(0 if all(looks) else 1)
