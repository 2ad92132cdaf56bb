import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { colours } from '../text/terminal';
import { createCli } from './cli';
import { EXIT_MEANING } from './exit';
import type { Io } from './io';
import { createProgram } from './program';

/** Width of the text, in columns. */
const COLUMNS = 100;

/** docs/CLI.md: the help of each command, as the program prints it. */
export function manual(): string {
  const out = new PassThrough({ encoding: 'utf8' });
  const io: Io = {
    ...{ stdin: new PassThrough(), stdout: out, stderr: out, interactive: false, terminal: false },
    ...{ colours: colours(false), columns: COLUMNS, env: {}, signal: new AbortController().signal },
  };
  const program = createProgram(createCli(io, { exitCode: 0, endsByItself: false }));
  const commands = program.commands.map((command) => {
    command.configureHelp({ showGlobalOptions: false }).outputHelp();
    return `## bigswitch ${command.name()}\n\n${fenced(String(out.read()))}`;
  });
  program.outputHelp();
  const codes = Object.entries(EXIT_MEANING).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `# The command \`bigswitch\`

Made from the program by \`npm run manual\`; what is here is what \`--help\` prints. How the commands belong together is in the
[runbook](RUNBOOK.md). With \`--json\`, a command prints one JSON document on standard output, and an error is one on standard error.

${fenced(String(out.read()))}

## Exit codes

| code | what |
|---|---|
${codes.join('\n')}

${commands.join('\n\n')}
`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}

if (require.main === module) writeFileSync(join(__dirname, '..', '..', 'docs', 'CLI.md'), manual());
