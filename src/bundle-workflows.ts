import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** Module that exports the workflows. */
export const WORKFLOWS_PATH = require.resolve('./workflows');
/** Module that exports the payload converter; worker, bundle and client share it. */
export const PAYLOAD_CONVERTER_PATH = require.resolve('./workflows/payload-converter');
/** Where the build leaves the bundle, beside the compiled worker. */
export const BUNDLE_PATH = join(__dirname, 'workflow-bundle.js');

/**
 * Bundles the workflows, as the sandbox of the worker needs them. Done by the build, so that a worker starts at once and
 * all workers of a release run the same code.
 * @param workflowsPath other workflows than ours, for tests
 * @throws Error when a workflow imports a Node module
 */
export function bundleWorkflows(workflowsPath = WORKFLOWS_PATH): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  });
}

/** Where a worker takes the workflows from. @param workflowBundle bundled beforehand; default: the bundle of the build, else the sources */
export function workflowSource(workflowBundle?: { code: string }) {
  if (workflowBundle) return { workflowBundle };
  return existsSync(BUNDLE_PATH) ? { workflowBundle: { codePath: BUNDLE_PATH } } : { workflowsPath: WORKFLOWS_PATH };
}

async function main(): Promise<void> {
  const { code } = await bundleWorkflows();
  await writeFile(BUNDLE_PATH, code);
  console.log(`${BUNDLE_PATH}: ${(code.length / 2 ** 20).toFixed(1)} MiB`);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
