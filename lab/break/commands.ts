import type { Command } from 'commander';

/** Adds `break SCENARIO HOST` to the lab's command line. */
export function addBreakCommands(_program: Command): void {}
