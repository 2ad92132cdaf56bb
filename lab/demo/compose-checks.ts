import { SEARCH_ATTRIBUTE_NAMES } from '../../src/contract/search-attributes';
import { figures } from './compose-figures';
import type { ComposeProject } from './compose-project';
import type { Narrator } from './narrator';
import { soon } from './soon';

/** What must be so of docker-compose.yml when it is up; each is looked at, and told. @returns whether all of it is so */
export async function checkComposeProject(project: ComposeProject, narrator: Narrator): Promise<boolean> {
  const { temporal, exec } = project;
  let good = true;
  const check = async (what: string, look: () => Promise<boolean>) => {
    good = (await narrator.check(what, look)) && good;
  };
  await check('the worker is not root', async () => Number(await exec('worker', ['id', '-u'])) > 0);
  await check('the worker can write nothing but its reports', async () => {
    const write = (path: string) =>
      exec('worker', ['touch', path]).then(
        () => true,
        () => false,
      );
    const written = [await write('/app/dist/x'), await write('/etc/bigswitch/keys/x'), await write('/app/out/x')];
    await exec('worker', ['rm', '-f', '/app/out/x']);
    // Nobody but root could write to most of it anyway; the mount says whether root could.
    const root = await exec('worker', ['grep', ' / ', '/proc/mounts']);
    return written.join() === 'false,false,true' && /^\S+ \/ \S+ ro[, ]/.test(root);
  });
  await check('the UI answers', async () => (await fetch(`${temporal.uiUrl}/api/v1/settings`)).ok);
  await check('the search attributes are registered', async () => {
    const text = await temporal.cli(['operator', 'search-attribute', 'list', '--output', 'json']);
    return SEARCH_ATTRIBUTE_NAMES.every((name) => text.includes(name));
  });
  await check('Prometheus reads the metrics of the worker, and Grafana reads them there', () =>
    soon(async () => (await figures(project, 'up{job="worker"}')).includes('1')),
  );
  await check('the server comes back after it was killed, and still knows what it knew', async () => {
    const kept = ['--workflow-id', 'kept'];
    await temporal.cli(['workflow', 'start', '--type', 'kept', '--task-queue', 'nobody', ...kept]);
    await temporal.crash();
    const there = await soon(async () => {
      const { status } = await temporal.client.workflow.getHandle('kept').describe();
      return status.name === 'RUNNING';
    });
    await temporal.cli(['workflow', 'terminate', ...kept]);
    return there;
  });
  return good;
}
