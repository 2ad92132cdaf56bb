import { Option } from 'commander';
import type * as Action from '../actions/init';
import { examples, lazily, type Register } from '../cli';

/** `bigswitch init`: writes a plan with the person's answers and what the live cluster says. */
export const initCommand: Register = (program, cli) => {
  program
    .command('init')
    .description(
      'Writes a plan file. It asks for what it needs; each answer can be given as an option as well, and without a terminal has ' +
        'to be. With --from it reads names, addresses and indices from the live cluster, and says what to look at first.',
    )
    .argument('[file]', 'the plan to write', 'plan.yaml')
    .option('--from <url>', 'http address of any node of the live cluster, as it is reached from here; it is only read')
    .addOption(new Option('--ca <file>', "CA of the nodes' certificates, if --from is https").conflicts('fingerprint'))
    .option('--fingerprint <sha256>', 'or its fingerprint, as Elasticsearch printed it')
    .option('--force', 'write over a file that is there')
    .option('--name <name>', 'name of the migration; default: that of the cluster')
    .option('--cluster <name>', 'cluster.name; with --from it is read')
    .option('--hub <addresses>', 'address of the hub, or two: OLD,NEW as the old and the new hosts reach it')
    .option('--old <host...>', 'hosts that run the cluster now, each as NAME=ADDRESS; with --from they are read')
    .option('--new <host...>', 'hosts that are to run it')
    .option('--app <host...>', 'hosts whose apps use it')
    .option('--app-config <path>', 'the file there that names the cluster')
    .option('--app-format <format>', 'yaml, json, env or text; default: by its name')
    .option('--app-set <key=value...>', 'its keys; {{urls}}, {{username}} and {{password}} are filled in')
    .option('--app-template <ref>', 'for text: template on the worker, as file:/path')
    .option('--app-restart <command>', 'restarts the app gracefully')
    .option('--app-check <command>', 'exits 0 while the app works')
    .addOption(
      new Option('--user <name>', "user of the cluster's http API, if it has security").conflicts(['apiKey', 'token']),
    )
    .option('--password <ref>', 'where its password is: file:/path or env:NAME, never the password itself')
    .addOption(new Option('--api-key <ref>', 'or where an API key is, in its encoded form').conflicts('token'))
    .option('--token <ref>', 'or where the token of a user or service is')
    .option('--ssh-key <ref>', 'private SSH key of the worker')
    .option('--known-hosts <ref>', 'known_hosts of the worker, as file:/path')
    .option('--front-cert <path>', 'certificate chain on the new hosts')
    .option('--front-key <path>', 'its key on the new hosts')
    .option('--front-ca <path>', "CA on the app hosts that verifies it, where the system's do not")
    .option('--front-user <name>', 'user that the apps log in with; default: the name of the migration')
    .option('--front-password <ref>', 'where its password is')
    .addHelpText(
      'after',
      examples(
        ['bigswitch init', 'asks, and writes plan.yaml'],
        ['ssh -NL 9200:10.0.1.11:9200 old-1', 'first, where the cluster is not reached from here; then'],
        ['bigswitch init --from http://127.0.0.1:9200', 'asks only for what the cluster does not know'],
        ['bigswitch init --from https://es:9200 --user elastic --password env:ES_PASSWORD --ca ca.crt', ''],
        ['bigswitch init --from https://es:9200 --api-key env:ES_KEY --fingerprint 6c61…', ''],
      ),
    )
    .action(lazily(cli, () => require('../actions/init') as typeof Action));
};
