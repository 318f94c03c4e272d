"""Ask this container's own server whether it answers; the exit code says so."""

import os
import sys
from http.client import HTTPConnection

host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip("*.") or "localhost"
server = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=3)
server.request("GET", "/healthz", headers={"Host": host})
sys.exit(server.getresponse().status != 200)
