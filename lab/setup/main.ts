import { interruptSignal } from '../interrupt';
import { exitCodeOf } from './command';
import { setupCommand } from './options';
import { ensureTools } from './tools';

async function main(): Promise<void> {
  const program = setupCommand().parse();
  const options = program.opts<{ es: string; forTests: boolean }>();
  const started = Date.now();
  try {
    await ensureTools({ ...options, signal: interruptSignal() });
    console.log(`Everything is there (${((Date.now() - started) / 1000).toFixed(1)} s).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}

void main();
