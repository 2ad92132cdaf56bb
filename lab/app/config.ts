import { extname } from 'node:path';
import { parse as parseEnv } from 'dotenv';
import { parse as parseYaml } from 'yaml';

/** How the shop reaches Elasticsearch and how much it asks. */
export interface ShopConfig {
  /** Base URLs, asked in turn. */
  endpoints: string[];
  username?: string;
  password?: string;
  /** File with the CA that https endpoints must verify against; default: the system's. */
  caFile?: string;
  /** Requests per second. */
  ratePerSecond: number;
  /** Time-out of one request, seconds. */
  requestTimeoutSeconds: number;
}

/**
 * Reads the shop's configuration: `.env` files by their variables, anything else as YAML.
 * @param path name of the file, for its ending and for messages
 * @param text its content
 * @throws Error that names the file and the setting that is wrong
 */
export function parseConfig(path: string, text: string): ShopConfig {
  const raw = extname(path) === '.env' ? fromEnv(text) : fromYaml(text);
  const fail = (setting: string, problem: string) => new Error(`${path}: ${setting} ${problem}`);
  const endpoints = Array.isArray(raw.endpoints) ? raw.endpoints.map(String) : [];
  if (endpoints.length === 0) throw fail('endpoints', 'is empty; name at least one URL');
  for (const endpoint of endpoints) {
    if (!/^https?:\/\/[^\s/]+\/?$/.test(endpoint))
      throw fail('endpoints', `has "${endpoint}", which is not a base URL`);
  }
  const number = (setting: string, value: unknown, fallback: number) => {
    const result = value === undefined || value === '' ? fallback : Number(value);
    if (!(result > 0)) throw fail(setting, 'must be a number above 0');
    return result;
  };
  const username = nonEmpty(raw.username);
  const password = nonEmpty(raw.password);
  if ((username === undefined) !== (password === undefined)) {
    throw fail('username, password', 'must both be there, or neither');
  }
  return {
    endpoints: endpoints.map((endpoint) => endpoint.replace(/\/$/, '')),
    username,
    password,
    caFile: nonEmpty(raw.caFile),
    ratePerSecond: number('rate', raw.rate, 50),
    requestTimeoutSeconds: number('request time-out', raw.timeout, 30),
  };
}

type RawConfig = Record<'endpoints' | 'username' | 'password' | 'caFile' | 'rate' | 'timeout', unknown>;

function fromYaml(text: string): RawConfig {
  const document = (parseYaml(text) ?? {}) as {
    shop?: Record<string, unknown>;
    elasticsearch?: Record<string, unknown>;
  };
  const { shop = {}, elasticsearch = {} } = document;
  return {
    endpoints: elasticsearch.endpoints,
    username: elasticsearch.username,
    password: elasticsearch.password,
    caFile: elasticsearch.caFile,
    timeout: elasticsearch.requestTimeoutSeconds,
    rate: shop.ratePerSecond,
  };
}

function fromEnv(text: string): RawConfig {
  const values = parseEnv(text);
  return {
    endpoints: (values.ES_ENDPOINTS ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    username: values.ES_USERNAME,
    password: values.ES_PASSWORD,
    caFile: values.ES_CA_FILE,
    timeout: values.ES_REQUEST_TIMEOUT_SECONDS,
    rate: values.SHOP_RATE_PER_SECOND,
  };
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
