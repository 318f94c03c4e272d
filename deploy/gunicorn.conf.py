"""How the server runs in a container or under systemd. PORT and WEB_CONCURRENCY are gunicorn's own variables."""

worker_class = "gthread"
threads = 8  # DATABASE_POOL_SIZE is at least this
timeout = 60
graceful_timeout = 30
keepalive = 15  # the proxy in front keeps connections open
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats in memory, on a read-only root file system too
control_socket_disable = True
accesslog = "-"
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms %({x-request-id}i)s'
