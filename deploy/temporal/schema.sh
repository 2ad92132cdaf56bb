#!/bin/sh
# Creates Temporal's two databases and brings their schema up to date; run again it changes nothing.
set -eu
SQL_PASSWORD=$(cat /run/secrets/database-password)
export SQL_PASSWORD
for store in temporal visibility; do
  if [ "$store" = temporal ]; then database=temporal; else database=temporal_visibility; fi
  tool() { temporal-sql-tool --plugin postgres12 --endpoint database --port 5432 --user temporal --database "$database" "$@"; }
  tool create-database
  tool setup-schema --version 0.0
  tool update-schema --schema-dir "${SCHEMA_FOLDER:-/etc/temporal/schema/postgresql/v12}/$store/versioned"
done
