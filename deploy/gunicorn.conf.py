"""How gunicorn serves medplan in production; `deploy/systemd/medplan-web@.service` starts it.

One process for each port: limits and Prometheus counts are kept in a process's memory, so each is
scraped by itself and a restart takes one at a time. More processors: more ports, not more workers.
"""

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = 1
threads = 8
timeout = 30
graceful_timeout = 30
keepalive = 75  # longer than the proxy keeps its own connections
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat on a disk can wait for the disk
# An access log would hold feeds' secret addresses; medplan writes lines of its own.
accesslog = None
errorlog = "-"
logger_class = "medplan.cli.serving.QuietLogger"
forwarded_allow_ips = "127.0.0.1"
