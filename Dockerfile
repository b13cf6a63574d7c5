# The mock as a container: docs/containers-and-tunnels.md. It writes no file, and needs no user of a name.
ARG PYTHON=3.13
FROM python:${PYTHON} AS build
WORKDIR /source
COPY . .
RUN python -m venv --without-pip /opt/suno-mock \
    && pip --python /opt/suno-mock/bin/python install -q --no-cache-dir --no-compile -c requirements.lock '.[shared]'
# Names for debuggers are a quarter of all that is installed.
RUN find /opt/suno-mock -name '*.cpython-*.so' -not -path '*/PIL/*' -type f -exec strip --strip-unneeded {} +

FROM python:${PYTHON}-slim
COPY --from=build /opt/suno-mock /opt/suno-mock
ENV PATH=/opt/suno-mock/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SUNO_MOCK_HOST=0.0.0.0
USER 65532:65532
EXPOSE 4010
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as http; http.build_opener(http.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('SUNO_MOCK_PORT', 4010)}/__admin/health\", timeout=3)"]
ENTRYPOINT ["suno-mock"]
CMD ["serve"]
