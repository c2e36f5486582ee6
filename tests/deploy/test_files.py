"""What `deploy/` holds is read by the programs it is for, as far as they are on this machine, and
speaks of nothing that medplan doesn't have."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.variables import known_variables, variables_in

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc")
HOME = "/opt/medplan"
BODIES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# The words in braces of HAProxy's files, as somebody would fill them in.
FILLED = {"HOST": "127.0.0.1", "PORT": "8480", "CONNECTIONS": "100", "ZERO": "127.0.0.1:8000"}


def ran(*command: str) -> None:
    """Run a program; what it says is the failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def filled(text: str) -> str:
    """Give each `${NAME}` something of its kind."""
    ports = iter(range(8480, 8580))

    def value(name: re.Match[str]) -> str:
        kind = name[1].split("_")[-1]
        if name[1].startswith(("POSTGRES", "REST")) or kind == "PORT":
            return str(next(ports))
        return FILLED.get(kind, "127.0.0.1" if "NODE" in name[1] else "127.0.0.1:8001")

    return re.sub(r"\$\{(\w+)\}", value, text)


def check_nginx(folder: Path) -> None:
    """Hold nginx's files, with a certificate of our own, against nginx."""
    key, chain = folder / "privkey.pem", folder / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a"]
    ran(*made, "-keyout", str(key), "-out", str(chain))
    places = ("/opt/medplan/deploy", "/etc/ssl/medplan", "/var/log/nginx", "/var/cache/nginx")
    for path in DEPLOY.glob("nginx*.conf"):
        text = path.read_text(encoding="utf-8")
        for place in places:
            text = text.replace(place, str(folder))
        (folder / path.name).write_text(text, encoding="utf-8")
    site = (folder / "nginx.conf").read_text(encoding="utf-8")
    bodies = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in BODIES)
    for text in (site, re.sub(r"# (proxy_cache_path|include)", r"\1", site)):
        whole = folder / "whole.conf"
        around = f"events {{}}\npid {folder}/pid;\nhttp {{\n{bodies}{text}}}\n"
        whole.write_text(around, encoding="utf-8")
        ran("nginx", "-t", "-c", str(whole), "-e", str(folder / "errors"))


def check_haproxy(folder: Path) -> None:
    """Hold HAProxy's files against HAProxy."""
    for name in ("haproxy.cfg", "haproxy-shards.cfg"):
        file = folder / name
        file.write_text(filled((DEPLOY / name).read_text(encoding="utf-8")), encoding="utf-8")
        ran("haproxy", "-c", "-f", str(file))


def check_units(folder: Path) -> None:
    """Hold systemd's units against systemd, with this Python in the place of the installed one."""
    units = []
    for path in sorted((DEPLOY / "systemd").iterdir()):
        text = path.read_text(encoding="utf-8").replace(f"{HOME}/.venv/bin/python", sys.executable)
        unit = folder / path.name.replace("@.", "@8000.")
        unit.write_text(text.replace(f"{HOME}/deploy", str(DEPLOY)), encoding="utf-8")
        units.append(str(unit))
    ran("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units)


def check_rules(_folder: Path) -> None:
    """Hold Prometheus' files against its own tool."""
    ran("promtool", "check", "rules", str(DEPLOY / "prometheus" / "alerts.yml"))


def check_scripts(_folder: Path) -> None:
    """Hold the scripts against the shell; they may be run."""
    for name in ("backup", "restore-drill", "install-cluster-programs"):
        ran("sh", "-n", str(DEPLOY / name))
        assert (DEPLOY / name).stat().st_mode & 0o111


CHECKS = {
    "sh": check_scripts,
    "nginx": check_nginx,
    "haproxy": check_haproxy,
    "systemd-analyze": check_units,
    "promtool": check_rules,
}


@pytest.mark.parametrize("program", [name for name in CHECKS if shutil.which(name)])
def test_the_program_that_a_file_is_for_can_read_it(program: str, tmp_path: Path) -> None:
    CHECKS[program](tmp_path)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in {".yml", ".yaml"}], ids=lambda p: p.name
)
def test_yaml_is_yaml(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_variable_that_is_set_is_one_that_medplan_reads() -> None:
    spoken = {path.name: variables_in(path.read_text(encoding="utf-8")) for path in FILES}

    assert {n: v - known_variables() for n, v in spoken.items() if v - known_variables()} == {}


def test_every_unit_keeps_rights_down_and_starts_what_is_there() -> None:
    for path in (DEPLOY / "systemd").glob("*.service"):
        text = path.read_text(encoding="utf-8")
        assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "User=medplan"} <= set(
            text.splitlines()
        ), path.name
        (start,) = re.findall(r"^ExecStart=/opt/medplan/(\S+)", text, re.MULTILINE)
        assert start == ".venv/bin/python" or (ROOT / start).is_file()


def test_addresses_are_in_no_log_of_a_program_before_medplan() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = nginx.count("server {")

    assert nginx.count("access_log off;") == nginx.count(" crit;") == servers
    assert "httplog" not in (DEPLOY / "haproxy-shards.cfg").read_text("utf-8").replace(
        "`option httplog`", ""
    )
    assert "accesslog = None" in (DEPLOY / "gunicorn.conf.py").read_text(encoding="utf-8")


def test_gunicorn_takes_its_settings_and_finds_the_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MEDPLAN_DATABASE_URL", f"sqlite:///{tmp_path / 'medplan.db'}")
    settings = ["--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0"]

    ran(sys.executable, "-m", "gunicorn", "--check-config", *settings)
