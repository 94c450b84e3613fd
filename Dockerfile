# gpugauge as an image, of the tarball that ./scripts/package.sh put into dist/:
#   docker build -t gpugauge .
#   docker run --rm --gpus all -v "$PWD:/work" gpugauge run
FROM debian:12-slim
ADD dist/gpugauge-*-linux-x86_64.tar.gz /opt/
RUN ln -s /opt/gpugauge-*/gpugauge /usr/local/bin/gpugauge
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /work
ENTRYPOINT ["gpugauge"]
