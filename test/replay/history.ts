import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as proto from '@temporalio/proto';
import { patchProtobufRoot } from '@temporalio/proto/lib/patch-protobuf-root';

/** Folder of the recorded histories, as `temporal workflow show --output json` prints them. */
export const HISTORIES = join(__dirname, 'histories');

type History = proto.temporal.api.history.v1.IHistory;

interface ProtoJson {
  fromJson: (type: unknown, json: unknown, options: { ignoreUnknownFields: boolean }) => History;
}

/**
 * Reads a recorded history. The SDK's own reader fails where npm has installed protobufjs more than once, because it
 * takes another copy than the one that the message types come from; so that one is taken here.
 */
export function readHistory(name: string): History {
  const ofTheTypes = createRequire(require.resolve('@temporalio/proto'));
  const { fromJson } = ofTheTypes('protobufjs/ext/protojson') as ProtoJson;
  const root = patchProtobufRoot(proto as never) as unknown as { lookupType(name: string): unknown };
  const json: unknown = JSON.parse(readFileSync(join(HISTORIES, `${name}.json`), 'utf8'));
  return fromJson(root.lookupType('temporal.api.history.v1.History'), json, { ignoreUnknownFields: true });
}
