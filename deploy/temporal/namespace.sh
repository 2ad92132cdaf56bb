#!/bin/sh
# Makes sure that the namespace "default" is there; closed migrations are kept in it for 90 days.
set -eu
attempts=0
until temporal operator cluster health; do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 30 ]; then
    echo "the Temporal server did not become healthy; see: docker compose logs temporal" >&2
    exit 1
  fi
  sleep 2
done
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 90d
