#!/bin/sh
# Starts the Temporal server with the database's password, which it takes from its environment only. What the image's own start
# would write beside the program goes where this container may write.
set -eu
POSTGRES_PWD=$(cat /run/secrets/database-password)
export POSTGRES_PWD
mkdir -p /tmp/config
dockerize -template /etc/temporal/config/config_template.yaml:/tmp/config/docker.yaml
exec temporal-server --root /tmp --config config --env docker --allow-no-auth start
