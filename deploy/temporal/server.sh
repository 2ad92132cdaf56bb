#!/bin/sh
# Starts the Temporal server with the database's password, which it takes from its environment only.
set -eu
POSTGRES_PWD=$(cat /run/secrets/database-password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
