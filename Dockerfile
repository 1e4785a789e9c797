# The one image: the api, the workers and the one-shot jobs of docker-compose.yml.
# test/e2e/image.test.ts does these steps in an empty directory.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The page and the workflows are bundled here, so that nothing is when a container starts.
RUN npm run build && node scripts/build-workflows.ts
RUN npm prune --omit=dev
# What other platforms need, the Node that npm brought, and the weights of the font that nothing draws.
RUN rm -rf node_modules/node-linux-* node_modules/.bin/node \
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
    && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 ! -name linux -exec rm -r {} + \
    && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 \
      ! -name "$(node -p process.arch)" -exec rm -r {} + \
    && find node_modules/@expo-google-fonts/noto-sans-sc -mindepth 1 -maxdepth 1 -type d \
      ! -name 400Regular ! -name 700Bold -exec rm -r {} +

FROM ${NODE_IMAGE} AS app
# 1: with the engine tesseract, for English and Chinese.
ARG WITH_TESSERACT=0
RUN if [ "$WITH_TESSERACT" = 1 ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends \
        tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim \
      && rm -rf /var/lib/apt/lists/*; \
    fi
# A new named volume takes over the owner of the directory that it is mounted on: 1000 is `node`.
RUN install -d -o 1000 -g 1000 /data /volumes/data /volumes/store /volumes/temporal /volumes/models
WORKDIR /app
COPY --from=build /app ./
ENV HOME=/tmp \
    NODE_ENV=production \
    OCR_DATA_DIR=/data \
    OCR_HOST=0.0.0.0 \
    OCR_WORKFLOW_BUNDLE=/app/dist/workflows/workflows.cjs \
    XDG_CACHE_HOME=/data/cache
USER 1000:1000
EXPOSE 8080 5000 8031 54188
# Of whatever the command is; `serve` fetches Temporal at its first start.
HEALTHCHECK --interval=30s --timeout=10s --start-period=300s CMD ["node", "scripts/container-health.ts"]
ENTRYPOINT ["node", "/app/bin/durable-ocr.cjs"]
# Everything in one container; Temporal is fetched at the first start, unless TEMPORAL_ADDRESS is set.
CMD ["serve"]
