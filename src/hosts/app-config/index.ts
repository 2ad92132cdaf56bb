import type { AppHost, Plan } from '../../plan/schema';
import { setEnv } from './env/edit';
import { leavesOf } from './leaves';
import { setKey } from './yaml/edit';
import { ConfigEditError, type SettingValue } from './setting';

export { sniffingIn } from './sniffing';
export { ConfigEditError } from './setting';

/** How an app's endpoints are written in its configuration, as the plan says. */
export type AppConfig = AppHost['config'];

/** What the placeholders stand for. */
export interface AppConfigValues {
  /** `{{urls}}`: the fronts. */
  urls: string[];
  /** `{{username}}` and `{{password}}`: those of `front.auth`. */
  username: string;
  password: string;
}

/** The fronts as an app is to name them: `https://ADDRESS:PORT` of every new host, in plan order. */
export function frontUrls(plan: Plan): string[] {
  return plan.hosts.new.map((host) => `https://${host.address}:${plan.front.port}`);
}

/** Fills in placeholders in one pass, so that a password that looks like one stays as it is. */
function fill(text: string, values: AppConfigValues): string {
  const known: Record<string, string> = {
    urls: values.urls.join(','),
    username: values.username,
    password: values.password,
  };
  return text.replace(/\{\{(urls|username|password)\}\}/g, (_, name: string) => known[name] ?? '');
}

function filled(value: SettingValue, values: AppConfigValues): SettingValue {
  if (value === '{{urls}}') return values.urls;
  return typeof value === 'string' ? fill(value, values) : value;
}

/** A key for the endpoints must be there already: a new one would be a spelling mistake that the app never reads. */
function namesUrls(value: SettingValue): boolean {
  return typeof value === 'string' && value.includes('{{urls}}');
}

/**
 * The app's configuration with its endpoints pointed at the fronts. Pure; rendering twice gives the same text.
 * A key that holds `{{urls}}` must be in the file; others (a user name that plain http did not need) are added.
 * @param text the file as it is
 * @param template for format `text`: the template that becomes the whole file
 * @throws ConfigEditError that names the key and what to do; it never holds a value
 */
export function renderAppConfig(config: AppConfig, text: string, values: AppConfigValues, template?: string): string {
  if (config.format === 'text') {
    if (template === undefined || !template.includes('{{urls}}')) {
      throw new ConfigEditError('has a template without {{urls}}, so the app would not be pointed at the fronts');
    }
    return fill(template, values);
  }
  const { format } = config;
  if (format === 'json') parseStrictJson(text);
  return Object.entries(config.set ?? {}).reduce((current, [key, value]) => {
    if (format === 'env') {
      return setEnv(current, key, fill(String(value), values), namesUrls(value) ? 'refuse' : 'add');
    }
    return setKey(current, key, filled(value, values), format, namesUrls(value) ? 'refuse' : 'nested');
  }, text);
}

function parseStrictJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new ConfigEditError('is not valid JSON; correct the file, or use format yaml if it has comments');
  }
}

/** A value of a configuration that still names an old node. */
export interface OldEndpoint {
  /** Dotted key, variable, or `line N` of a plain text. */
  key: string;
  /** Name of the old host. */
  host: string;
}

/**
 * Values (never comments) that name an old node's address, alone or with the http port; other ports are not ours.
 * @throws ConfigEditError when the text is not in its format
 */
export function oldEndpointsIn(format: AppConfig['format'], text: string, plan: Plan): OldEndpoint[] {
  const patterns = plan.hosts.old.map((host) => ({
    host: host.name,
    pattern: new RegExp(
      `(^|[^0-9.])${host.address.replaceAll('.', '\\.')}(:${plan.elasticsearch.httpPort}(?![0-9])|(?![0-9:]|\\.[0-9]))`,
    ),
  }));
  return leavesOf(format, text).flatMap(([key, value]) =>
    patterns.filter(({ pattern }) => pattern.test(value)).map(({ host }) => ({ key, host })),
  );
}
