FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev
# The slim image has no certificate authorities, and a worker that talks TLS to Temporal asks the system for them.
RUN node --print "tls.rootCertificates.join('\n')" > certificates.pem

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/certificates.pem /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY bin bin
COPY scripts/exclusively.mjs scripts/
# The image’s user "node", by number so that Kubernetes can see that it is not root.
USER 1000
# Asks the server whether this container's worker polls: a worker that hangs is as unhealthy as one that died.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "bin/understudy.mjs", "worker", "--check"]
# No npm in between: node is process 1 and gets SIGTERM itself.
CMD ["node", "dist/worker.js"]
