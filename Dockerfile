# imagine-bot with its locked dependencies, as a user without rights. Build it in this folder: docker build -t imagine-bot .
FROM python:3.11-slim AS build
WORKDIR /src
COPY deploy/requirements.lock deploy/requirements.lock
RUN python -m venv /opt/imagine-bot \
 && /opt/imagine-bot/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r deploy/requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
RUN /opt/imagine-bot/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/imagine-bot/bin/python -m compileall -q /opt/imagine-bot/lib \
 && /opt/imagine-bot/bin/python -m pip uninstall --yes --quiet --disable-pip-version-check hatchling

FROM python:3.11-slim
# Pillow draws scripts such as Arabic with it: Add text. The version is the base image's: a pinned one disappears with the next point release.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin imagine \
 && install --directory --owner imagine --group imagine --mode 0700 /data
COPY --from=build /opt/imagine-bot /opt/imagine-bot
ENV PATH=/opt/imagine-bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DATA_DIR=/data \
    LOG_FORMAT=json \
    HEALTH_PORT=9464
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=2 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['HEALTH_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["imagine-bot"]
CMD ["run"]
