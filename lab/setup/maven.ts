import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCache, makeOnce } from './cache';
import { run } from './command';

const ES_GROUP = 'org.elasticsearch.distribution.integ-test-zip';
const TEST_SERVER = { group: 'io.temporal', artifact: 'temporal-test-server', version: '1.38.0' };

/** Where the zip of an Elasticsearch version lies once it was fetched. */
export function elasticsearchZip(version: string): string {
  return inCache('es', `elasticsearch-${version}.zip`);
}

/**
 * The zip of an Elasticsearch version by its Maven coordinates: the real server without its optional modules.
 * @throws Error when there is no such version or the repository can't be reached
 */
export async function ensureElasticsearch(version: string, signal?: AbortSignal): Promise<string> {
  const target = elasticsearchZip(version);
  await makeOnce(target, async (folder) => {
    const artifact = `${ES_GROUP}:elasticsearch:${version}:zip`;
    await run('mvn', [...quiet, 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], {
      cwd: folder,
      signal,
    });
    return join(folder, `elasticsearch-${version}.zip`);
  });
  return target;
}

const quiet = ['-B', '-q', '-ntp'];

/**
 * Temporal's time-skipping test server, with a small program that starts it, for
 * `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path' } } })`.
 * @returns path of that program
 * @throws Error when the repository can't be reached
 */
export async function ensureTestServer(signal?: AbortSignal): Promise<string> {
  await makeOnce(testServerFolder(), async (folder) => {
    const { group, artifact, version } = TEST_SERVER;
    writeFileSync(
      join(folder, 'pom.xml'),
      `<project><modelVersion>4.0.0</modelVersion><groupId>bigswitch</groupId><artifactId>jars</artifactId><version>1</version>
       <dependencies><dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency></dependencies></project>`,
    );
    const finished = join(folder, 'finished');
    await run('mvn', [...quiet, 'dependency:copy-dependencies', `-DoutputDirectory=${join(finished, 'jars')}`], {
      cwd: folder,
      signal,
    });
    const shim = join(finished, 'temporal-test-server');
    writeFileSync(shim, `#!/bin/sh\nexec java -cp "$(dirname "$0")/jars/*" io.temporal.testserver.TestServer "$@"\n`);
    chmodSync(shim, 0o755);
    return finished;
  });
  return join(testServerFolder(), 'temporal-test-server');
}

function testServerFolder(): string {
  return inCache(`temporal-test-server-${TEST_SERVER.version}`);
}

/** The program that starts the test server; undefined when set-up has not fetched it. */
export function testServerShim(): string | undefined {
  const shim = join(testServerFolder(), 'temporal-test-server');
  return existsSync(shim) ? shim : undefined;
}
