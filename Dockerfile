# One image for the API (the default), the worker (`python -m jobs.worker`) and the migrations
# (`python -m models.migrate`). What it holds of Python is requirements.txt, checked by hash.
FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/coeffection \
 && /opt/coeffection/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.txt \
 && /opt/coeffection/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin coeffection \
 && install -d -o coeffection -g coeffection -m 0700 /files
COPY --from=packages /opt/coeffection /opt/coeffection
COPY . /app
RUN /opt/coeffection/bin/python -m compileall -q /app
ENV ENV=production \
    HOST=0.0.0.0 \
    PATH=/opt/coeffection/bin:$PATH \
    PORT=8000 \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1
WORKDIR /app
USER coeffection
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=2)"]
CMD ["python", "-m", "server.api"]
