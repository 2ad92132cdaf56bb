import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { freePort } from '../../src/embedded/processes';
import { TASK_QUEUE } from '../../src/client';
import type { Audit } from '../../src/contract/messages';
import { runLink, startLink } from '../../src/links';
import type { PlanInput } from '../../src/plan/schema';
import { launchChromium } from '../console/browser';
import { FakeWorld } from './support/fake-world';
import { devServer, openGate, startLab, type Handle, type Lab } from './support/lab';
import { planInput } from './support/plan';

// A page of the UI takes its time on a busy machine; each wait below ends as soon as it can.
const LONGEST_MS = 90_000;
jest.setTimeout(3 * LONGEST_MS);

let lab: Lab;
let ui: string;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const port = await freePort(8233);
  ui = `http://127.0.0.1:${port}`;
  lab = await startLab(devServer([], undefined, port), TASK_QUEUE);
  browser = await launchChromium();
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(LONGEST_MS);
});
afterEach(async () => {
  // The last picture of each test, for whoever wants to know why it failed.
  const file = join('out', 'test', `temporal-ui-${expect.getState().currentTestName?.split(' ')[1]}.png`);
  await page.screenshot({ path: file }).catch(() => undefined);
  await page.close();
});
afterAll(async () => {
  await browser?.close();
  await lab?.close();
});

/** Fills in the form that the link opens, and sends it. */
async function startFromForm(plan: PlanInput, world: FakeWorld): Promise<Handle> {
  const workflowId = `bigswitch-${plan.name}`;
  lab.worlds.set(workflowId, world);
  await page.goto(startLink(ui, plan.name));
  await page.getByTestId('workflowType').waitFor();
  expect(await page.getByTestId('workflowId').inputValue()).toBe(workflowId);
  expect(await page.getByTestId('taskQueue').inputValue()).toBe('bigswitch');
  expect(await page.getByTestId('workflowType').inputValue()).toBe('migrateCluster');
  const file = { name: 'plan.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(plan)) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('.cm-content', { hasText: '"version"' }).waitFor();
  await page.getByRole('button', { name: 'Start Workflow', exact: true }).click();
  const handle = lab.env.client.workflow.getHandle(workflowId) as Handle;
  await eventually(() => handle.describe());
  return handle;
}

/** Opens the run by its link and waits until the UI shows it with this status. */
async function openRun(workflowId: string, status: string): Promise<void> {
  await page.goto(runLink(ui, workflowId));
  await page.getByRole('heading', { name: workflowId }).waitFor();
  await page.getByText(status, { exact: true }).filter({ visible: true }).first().waitFor();
}

/** The dialog of this name that is open; the UI has each twice, for wide and for narrow screens. */
function openDialog(testId: string): Locator {
  return page.getByTestId(testId).filter({ visible: true });
}

/** Waits until this is no longer refused: on a busy machine a workflow task may fail by its time-out, and is tried again. */
async function eventually<T>(look: () => Promise<T>): Promise<T> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

test('a migration is started from the form, read in the current details, and approved by a signal', async () => {
  const plan = planInput({ name: 'by-hand' });
  const handle = await startFromForm(plan, new FakeWorld(plan));
  const token = await eventually(() => openGate(handle, 'big-switch'));

  await openRun(handle.workflowId, 'Running');
  await page.getByText('User Metadata', { exact: true }).filter({ visible: true }).first().click();
  const details = page.frameLocator('iframe[title=output]');
  await details.getByText('Gate big-switch waits for a person (0 of 1 approvals)').waitFor();
  expect(await details.locator('body').innerText()).toContain('green: all shards are started');
  const command = details.locator('pre');
  expect(await command.innerText()).toContain(`--name approve --input '{"gate":"big-switch","token":"${token}"`);
  // All of the command is to be seen, not only there.
  const [frame, box] = [await page.locator('iframe[title=output]').boundingBox(), await command.boundingBox()];
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));

  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByTestId('signal-button').filter({ visible: true }).click();
  const dialog = openDialog('signal-confirmation-modal');
  await dialog.getByTestId('signal-select-button').click();
  await dialog.getByRole('option', { name: 'approve' }).click();
  const input = dialog.locator('.cm-content');
  await input.fill(JSON.stringify({ gate: 'big-switch', token, by: 'ann' }, null, 2));
  // The field grows when it is left, and would move the button away from under a click.
  await input.blur();
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await eventually(() => openGate(handle, 'drain:old-1'));
  const approvals = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'approve');
  expect(approvals).toMatchObject([{ gate: 'big-switch', by: 'ann', accepted: true }]);
  await handle.terminate('the test is over');
});

test('a run that failed in preflight is reset when the cause is put right, and goes on', async () => {
  const plan = planInput({ name: 'reset' });
  let right = false;
  const world = new FakeWorld(plan, {
    preflightHost: async ({ host }) => [
      { name: 'ssh', subject: host, result: right ? 'ok' : 'failed', seen: 'no answer', waivable: false },
    ],
  });
  const handle = await startFromForm(plan, world);
  await expect(handle.result()).rejects.toThrow();
  expect(world.changes()).toEqual([]);
  right = true;

  await openRun(handle.workflowId, 'Failed');
  await page.getByRole('button', { name: 'Reset', exact: true }).first().click();
  const dialog = openDialog('reset-confirmation-modal');
  await dialog.getByTestId('workflow-reset-event-id-select-button').click();
  await dialog.getByRole('option', { name: '4 - WorkflowTaskCompleted', exact: true }).click();
  await dialog.getByTestId('reset-reason').fill('app hosts answer again');
  await dialog.getByTestId('confirm-modal-button').click();
  await eventually(async () => expect((await handle.describe()).status.name).toBe('RUNNING'));
  await eventually(() => openGate(handle, 'big-switch'));
  await openRun(handle.workflowId, 'Running');
  await handle.terminate('the test is over');
});
