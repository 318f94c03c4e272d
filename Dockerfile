# Two stages: the first makes wheels of exactly what requirements.txt pins, the second installs and runs them.
FROM python:3.13-slim AS wheels
COPY requirements.txt .
RUN python -m pip wheel --no-cache-dir --no-deps --require-hashes --wheel-dir /wheels --requirement requirements.txt

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000 SENTINEL_DATA_DIR=/data
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin sentinel \
    && install --directory --owner=sentinel --group=sentinel --mode=0750 /data
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --no-index --no-deps /wheels/*.whl
WORKDIR /app
COPY . .
# The key serves this step only. Whatever modes the files came with, the user below may read them and write none: after
# this step only /data and /tmp are written to.
RUN SECRET_KEY=collectstatic ALLOWED_HOSTS=localhost EMAIL_URL=smtp://localhost python manage.py collectstatic --noinput \
    && python -m compileall -q accounts audit checklist sentinel signoff \
    && chmod -R a+rX .

USER sentinel
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "sentinel.wsgi", "--config", "deploy/gunicorn.conf.py"]
