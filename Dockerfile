# The release in an image: the binary, the site beside it, and nothing that a server does not need.
FROM node:22-bookworm-slim AS node

FROM rust:1.95-slim-bookworm AS build
# wasm-opt, which makes what browsers load smaller, comes from an npm package.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /hangar
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/hangar/target \
    ./dev build --release && cp -r target/dist /dist

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 65532 -g 65532 -m 700 /var/lib/hangar
COPY --from=build /dist /opt/hangar
USER 65532:65532
WORKDIR /var/lib/hangar
EXPOSE 8080
ENTRYPOINT ["/opt/hangar/hangar"]
# Without a configuration this stops and says so.
CMD ["serve", "--config", "/etc/hangar/hangar.toml", "--listen", "0.0.0.0:8080", "--data-dir", "/var/lib/hangar/data"]
