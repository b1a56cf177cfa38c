# One static binary in an otherwise empty image.
FROM rust:1.95-bookworm AS build
WORKDIR /src
# Static, so that the final image needs no C library. Naming the target keeps the flag away from
# what runs during the build.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN rustc -vV | sed -n 's/^host: //p' > /target
# The dependencies in a layer of their own, which changes only with the manifest.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src benches && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
 && sed -n '/^\[\[bench\]\]/{n;s|name = "\(.*\)"|benches/\1.rs|p}' Cargo.toml | xargs touch \
 && cargo build --release --locked --target "$(cat /target)" \
 && rm -r src
COPY models models
COPY templates templates
COPY src src
# Cargo tells by the time of a file whether it changed.
RUN find src models templates -type f -exec touch {} + \
 && cargo build --release --locked --target "$(cat /target)" \
 && cp "target/$(cat /target)/release/chaffinch" /chaffinch \
 && mkdir /data

FROM scratch
COPY --from=build /chaffinch /chaffinch
# An empty folder of the image's user, from which a new volume takes its owner.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV CHAFFINCH_DATA=/data CHAFFINCH_LISTEN=0.0.0.0:8181
VOLUME /data
EXPOSE 8181
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
  CMD ["/chaffinch", "serve", "--check-health"]
# `docker stop` sends SIGTERM, at which the server finishes what it has begun.
ENTRYPOINT ["/chaffinch"]
CMD ["serve"]
