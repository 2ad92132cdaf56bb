/** What is looked at after every event, each in one sentence. docs/RELIABILITY.md lists them. */
export const RULES = {
  'stopped-only-when-empty': 'No node is stopped with a shard on it.',
  'a-copy-of-all': 'A copy of every shard is left, always.',
  'a-quorum': 'A node of the cluster has a vote, always.',
  'nodes-reach-each-other': 'An old and a new node that are both in the cluster reach each other.',
  'apps-are-served': 'What apps are configured to use is there.',
  'apps-on-one-side':
    'Nothing but the switch or the way back goes on, and no gate is open, while apps are on both sides.',
  'quorum-with-apps': 'With apps on one side and the quorum on the other, nothing is begun but moving one of them.',
  'a-word-for-each-gate':
    'Behind a gate nothing begins without enough different people having approved its shown token.',
  'a-fresh-word': 'Behind a gate nothing begins on an approval that is older than the plan says.',
  'proved-after-the-word': 'Behind a gate nothing begins unless evidence that was asked for after the word held.',
  'proved-again-after-resume':
    'Behind a gate nothing begins after a resume unless evidence that was asked for since held.',
  'pause-holds': 'While a person holds the run, no change begins.',
  'blocked-means-nothing-under-way': 'While it says that it is blocked, nothing is under way.',
  'says-what-it-does': 'The query status always says what it does or waits for.',
  'says-what-it-waits-for': 'When nothing is under way, it shows a gate, a pause or a block.',
  'a-command-that-works': 'What it waits for can be given by a command that it shows.',
  'within-limits': 'No payload is over 2 MiB, and no history over 51,200 events.',
  'goes-on-in-a-new-run': 'A run that is told to goes on in a new one within 1,500 events.',
  'replays-as-it-went': 'A worker that takes a run up from its history does what was done.',
  'a-task-never-throws': 'No workflow task fails.',
  'nothing-of-ours-left': 'After the end no record and no claim is left.',
  'migrated-is-migrated': 'A migrated cluster has apps, quorum and nodes on the new side, and no setting of ours.',
  'ends-where-it-began': 'What was rolled back or refused is as it was before.',
  'ends-with-patient-people':
    'With people who answer every gate and every block by the shown commands, every run ends.',
} as const;

/** Name of a rule. */
export type Rule = keyof typeof RULES;
