import { Command, InvalidArgumentError, Option } from 'commander';
import { headCommit } from '../record/stored';
import { SHAPE_HELP } from '../shapes';
import { pairOf } from '../shapes/pairs';
import { DEFAULT_OPTIONS } from '../types';

/** Where a demo may turn round. */
export const ROLLBACKS = ['after-switch'] as const;
/** One of them: `after-switch` is the first gate behind the big switch, when apps use the fronts and no old node is drained. */
export type RollbackAt = (typeof ROLLBACKS)[number];

/** What a person asked of the demo. */
export interface DemoOptions {
  /** Nodes of a side; nothing: as many as the shape needs. */
  old?: number;
  new?: number;
  /** Kind of cluster. */
  shape: string;
  es: string;
  docs: number;
  /** So many the apps make at least; it goes on until they have. */
  requests: number;
  /** A person approves; the demo only prints the commands. */
  manual: boolean;
  /** Leave the lab, Temporal and the worker up at the end. */
  keep: boolean;
  /** First show that bad input is refused before any host is changed. */
  refusals: boolean;
  json: boolean;
  /** Turn round there, instead of going on to the end. */
  rollback?: RollbackAt;
  /** Temporal and the worker are those of docker-compose.yml. */
  compose: boolean;
  /** Run nothing; add the results of all runs here to docs/RELIABILITY.md. */
  publish: boolean;
}

function count(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

const shape = (given: string): string => (given === 'HEAD' ? pairOf(headCommit()) : given);

/** The demo's command line. */
export function demoCommand(): Command {
  return new Command('scripts/demo')
    .description(
      'Moves a live Elasticsearch cluster to new servers in another network, on real hosts in containers,\n' +
        'while two apps write and read, and judges what happened. Leaves out/demo/{report.html,report.json,evidence.json};\n' +
        'with --compose in out/demo-compose.',
    )
    .option('--old <n>', `old nodes (default: ${DEFAULT_OPTIONS.old}, or what the shape needs)`, count(1, 9))
    .option('--new <n>', `new nodes (default: ${DEFAULT_OPTIONS.new}, or what the shape needs)`, count(1, 9))
    .option('--shape <names>', `${SHAPE_HELP}; HEAD: two, others with each commit`, shape, DEFAULT_OPTIONS.shape)
    .option('--es <version>', 'Elasticsearch version', DEFAULT_OPTIONS.es)
    .option('--docs <n>', 'documents at the start', count(1000, 5_000_000), 100_000)
    .option('--requests <n>', 'requests that the apps make at least', count(1000, 1_000_000), 20_000)
    .option('--manual', 'you approve at the gates, by the printed commands or in the UI', false)
    .option('--keep', 'leave the lab, Temporal and the worker up when it ends', false)
    .option('--refusals', 'first show that bad input is refused before any host is changed', false)
    .option('--compose', 'Temporal on PostgreSQL, its UI and the worker are those of docker-compose.yml', false)
    .addOption(new Option('--rollback <where>', 'go back from there instead of on to the end').choices(ROLLBACKS))
    .option('--publish', 'run nothing; add the results of all runs here to docs/RELIABILITY.md', false)
    .option('--json', 'print the evidence as JSON on standard output, all else on standard error', false)
    .addHelpText(
      'after',
      `
Examples:
  $ scripts/demo                          three old nodes to three new ones
  $ scripts/demo --old 2 --new 4
  $ scripts/demo --old 5 --new 2 --docs 20000
  $ scripts/demo --shape roles --docs 5000   dedicated masters, data, ingest and coordinating nodes
  $ scripts/demo --shape zones --docs 5000   two zones to three others, copies spread over them
  $ scripts/demo --shape tiers --docs 5000   hot and warm nodes, by roles and by an attribute
  $ scripts/demo --shape secured --docs 5000   TLS on both ports, users with passwords
  $ scripts/demo --rollback after-switch --docs 5000   there, and back again
  $ scripts/demo --shape roles,zones,secured --es 9.2.0 --docs 5000
  $ scripts/demo --shape HEAD --docs 2000 --requests 6000   two shapes by the commit, briefly
  $ scripts/demo --compose --docs 5000    through docker-compose.yml, as for real use
  $ scripts/demo --manual --keep          decide yourself, look around afterwards; then: scripts/lab down

Exit codes: 0 every promise was kept; 1 a promise was broken or the migration failed; 2 wrong options;
            3 something is missing on this machine (it says what); 130 interrupted (everything was brought down).`,
    );
}

/** Parses the demo's command line; prints help or the mistake and exits where that is what was asked. */
export function parseOptions(argv: string[]): DemoOptions {
  return demoCommand()
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv)
    .opts<DemoOptions>();
}
