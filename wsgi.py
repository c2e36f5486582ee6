"""The application for a WSGI server: `gunicorn wsgi:app`. Run `medplan db upgrade` before."""

import gc
import os

from config import read_config
from medplan.app import create_app
from medplan.gate.fetch_writer import start_fetch_writer
from medplan.gate.logs import configure_logs

configure_logs()
app = create_app(read_config(os.environ))
start_fetch_writer(app)
# What is there by now stays: the collector of cycles looks only at what requests leave after it.
gc.collect()
gc.freeze()
