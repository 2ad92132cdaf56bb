# The worker of bigswitch. Build: docker build -t bigswitch-worker .

FROM node:20.19-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
# Compiles, and bundles the workflows: the worker then starts without a compiler, always with the same workflow code.
RUN npm run build

FROM node:20.19-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20.19-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY deploy/worker-health.js ./deploy/worker-health.js
# Writable for whichever user compose runs it as; a new volume takes this over.
RUN mkdir -m 1777 out
USER node
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 CMD ["node", "deploy/worker-health.js"]
CMD ["node", "dist/worker.js"]
