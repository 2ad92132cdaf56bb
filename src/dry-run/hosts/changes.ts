import type { DryRunChange } from '../../contract/dry-run';
import { fileBytes, readFileScript } from '../../hosts/read-file';
import type { ScriptResult } from '../../hosts/hosts';
import type { StepEffect } from '../../hosts/step';
import type { HostFamily } from '../../hosts/family';
import { fileDiff } from './diff';

/** How the state of a host before a step is learned. */
export interface Before {
  /** Asks the host itself. */
  ask(script: string): Promise<ScriptResult>;
  /** As steps before have left it; undefined where none has. */
  file(path: string): { content: string | undefined } | undefined;
  service(unit: string): { enabled: boolean; running: boolean } | undefined;
  rules(): string[];
  /** How the host gets packages and runs services. */
  family: HostFamily;
}

/** What an effect would change, as a person is shown it; nothing for what is only known to the dry run itself. */
export async function changeOf(effect: StepEffect, before: Before): Promise<DryRunChange[]> {
  switch (effect.kind) {
    case 'file':
      return [await fileChange(effect, before)];
    case 'packages':
      return [await packageChange(effect.packages, before)];
    case 'service':
      return [await serviceChange(effect, before)];
    case 'rules': {
      const there = before.rules();
      return effect.there
        ? [{ kind: 'rules', added: effect.rules, removed: [] }]
        : [{ kind: 'rules', added: [], removed: effect.rules.filter((rule) => there.includes(rule)) }];
    }
    case 'answer':
      return [];
  }
}

async function fileChange(
  effect: Extract<StepEffect, { kind: 'file' }>,
  before: Before,
): Promise<Extract<DryRunChange, { kind: 'file' }>> {
  const { path, content, mode, owner, target, secret, shows } = effect;
  const head = {
    kind: 'file' as const,
    path,
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(target !== undefined && { target }),
  };
  if (content === undefined) return { ...head, state: target === undefined ? 'made-there' : 'new' };
  const was = await textBefore(path, before);
  const diff = fileDiff(path, was, content, secret === true, shows);
  return { ...head, state: was === undefined ? 'new' : 'edited', diff };
}

/** The text of the file now; undefined where there is none. */
async function textBefore(path: string, before: Before): Promise<string | undefined> {
  const known = before.file(path);
  if (known) return known.content;
  const { code, stdout } = await before.ask(readFileScript(path));
  return code === 0 ? fileBytes(stdout).toString('utf8') : undefined;
}

async function packageChange(packages: string[], before: Before): Promise<Extract<DryRunChange, { kind: 'packages' }>> {
  const { code, stdout } = await before.ask(before.family.packages.simulationScript(packages));
  const found = code === 0 ? before.family.packages.simulated(stdout) : [];
  return { kind: 'packages', packages: found.length > 0 ? found : packages.map((name) => ({ name })) };
}

async function serviceChange(
  effect: Extract<StepEffect, { kind: 'service' }>,
  before: Before,
): Promise<Extract<DryRunChange, { kind: 'service' }>> {
  const { unit, enabled, running } = effect;
  const to = { enabled, running };
  const known = before.service(unit);
  if (known) {
    const from = {
      enabled: known.enabled ? 'enabled' : 'disabled',
      active: known.running ? 'active' : 'inactive',
    };
    return { kind: 'service', unit, from, to };
  }
  const { services } = before.family;
  const said = services.both((await before.ask(services.bothScript(unit))).stdout);
  const from = { enabled: said.enabled || 'absent', active: said.active || 'unknown' };
  return { kind: 'service', unit, from, to };
}
