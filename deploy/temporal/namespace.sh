#!/bin/sh
# Makes sure that the namespace "default" is there, with what migrations are found by; closed ones are kept for 90 days.
set -eu
# Tries a command for a minute: the server starts slowly, and takes seconds to know a namespace that was just made.
insist() {
  attempts=0
  until "$@"; do
    attempts=$((attempts + 1))
    if [ "$attempts" -ge 30 ]; then
      echo "the Temporal server did not become healthy; see: docker compose logs temporal" >&2
      exit 1
    fi
    sleep 2
  done
}
insist temporal operator cluster health
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 90d
# What is registered already is left alone.
insist temporal operator search-attribute create --namespace default \
  --name BigswitchCluster --type Keyword --name BigswitchPhase --type Keyword --name BigswitchGate --type Keyword
