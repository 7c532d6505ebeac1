# roomcast in a container: docker build -t roomcast . && docker run -p 8080:8080 -p 1935:1935 -v roomcast:/data roomcast

FROM node:26.10.0-bookworm-slim AS build
WORKDIR /roomcast
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
# Not “npm ci”: it wants the packages of every platform in the lock file. What the lock file names is taken from it,
# version and hash.
RUN ["npm", "install", "--no-save", "--ignore-scripts"]
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY scripts scripts
COPY src src
COPY web web
RUN ["npm", "run", "build"]
# The Node of the image is the pinned one, so a second one is left out with the other optional packages.
RUN ["npm", "prune", "--omit=dev", "--omit=optional", "--ignore-scripts"]
RUN ["mkdir", "/data"]

FROM node:26.10.0-bookworm-slim
LABEL org.opencontainers.image.title="roomcast" org.opencontainers.image.licenses="MIT"
WORKDIR /roomcast
COPY package.json LICENSE ./
COPY bin bin
COPY scripts/node-runtime.js scripts/
COPY assets assets
COPY --from=build /roomcast/node_modules node_modules
COPY --from=build /roomcast/dist dist
COPY --from=build /roomcast/web/dist web/dist
# A named volume takes this folder’s owner at its first use.
COPY --from=build --chown=node:node /data /data
ENV NODE_ENV=production ROOMCAST_DATA=/data
USER node
VOLUME ["/data"]
# The last two with TLS.
EXPOSE 8080 1935 8443 1936
# Whether it lives, and not /readyz: whoever starts unhealthy containers again would cut off a server that is merely full.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "const { url } = require(process.env.ROOMCAST_DATA + '/admin.json'); fetch(url + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/roomcast/bin/roomcast.js"]
CMD ["serve"]
