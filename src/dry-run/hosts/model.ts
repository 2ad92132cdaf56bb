import type { StepEffect } from '../../hosts/step';

/** What is at one place of a host, as far as steps of the dry run have decided it. */
type Known =
  | { kind: 'file'; content: string | undefined; target: string | undefined }
  | { kind: 'command' }
  | { kind: 'service'; enabled: boolean; running: boolean }
  | { kind: 'rule'; there: boolean }
  | { kind: 'answer'; stdout: string };

/** A change of the model that can be taken back. */
export type Undo = () => void;

/**
 * What one host would be like after the steps so far. It knows only what these steps decide; everything else is asked of
 * the host itself.
 */
export class HostModel {
  private readonly known = new Map<string, Known>();

  /** What a script would print that reads something that a step has left; undefined where the host itself is asked. */
  answer(script: string): string | undefined {
    const known = this.known.get(`answer ${script}`);
    return known?.kind === 'answer' ? known.stdout : undefined;
  }

  /** The file as a step has left it: its content, or that there is one whose content is not known. */
  file(path: string): { content: string | undefined } | undefined {
    const known = this.known.get(`file ${path}`);
    return known?.kind === 'file' ? known : undefined;
  }

  /** The unit as a step has left it. */
  service(unit: string): { enabled: boolean; running: boolean } | undefined {
    const known = this.known.get(`service ${unit}`);
    return known?.kind === 'service' ? known : undefined;
  }

  /** Whether a step has brought this command. */
  hasCommand(command: string): boolean {
    return this.known.has(`command ${command}`);
  }

  /** Rules that steps have loaded and that are still there. */
  rulesThere(): string[] {
    return [...this.known].flatMap(([key, value]) =>
      value.kind === 'rule' && value.there ? [key.slice('rule '.length)] : [],
    );
  }

  /** Whether what an effect leaves is so already; undefined where no step has decided it and the host must be asked. */
  holds(effect: StepEffect): boolean | undefined {
    switch (effect.kind) {
      case 'file': {
        const known = this.known.get(`file ${effect.path}`);
        if (known?.kind !== 'file') return undefined;
        // Where nobody knows the content, a second look would find what the first one made.
        return effect.content === undefined || known.content === effect.content;
      }
      case 'packages':
        return effect.commands.every((command) => this.hasCommand(command)) || undefined;
      case 'service': {
        const known = this.service(effect.unit);
        return known && known.enabled === effect.enabled && known.running === effect.running;
      }
      case 'rules': {
        const known = effect.rules.map((rule) => this.known.get(`rule ${rule}`));
        if (known.every((one) => one === undefined)) return undefined;
        return known.every((one) => (one?.kind === 'rule' && one.there) === effect.there);
      }
      case 'answer':
        return undefined;
    }
  }

  /** Takes in what a step leaves. @returns how to take it back */
  take(effects: StepEffect[]): Undo {
    const before = new Map<string, Known | undefined>();
    for (const [key, value] of effects.flatMap(placesOf)) {
      if (!before.has(key)) before.set(key, this.known.get(key));
      this.known.set(key, value);
    }
    return () => {
      for (const [key, value] of before) {
        if (value === undefined) this.known.delete(key);
        else this.known.set(key, value);
      }
    };
  }
}

function placesOf(effect: StepEffect): [string, Known][] {
  switch (effect.kind) {
    case 'file':
      return [[`file ${effect.path}`, { kind: 'file', content: effect.content, target: effect.target }]];
    case 'packages':
      return effect.commands.map((command) => [`command ${command}`, { kind: 'command' }]);
    case 'service':
      return [[`service ${effect.unit}`, { kind: 'service', enabled: effect.enabled, running: effect.running }]];
    case 'rules':
      return effect.rules.map((rule) => [`rule ${rule}`, { kind: 'rule', there: effect.there }]);
    case 'answer':
      return [[`answer ${effect.script}`, { kind: 'answer', stdout: effect.stdout }]];
  }
}
