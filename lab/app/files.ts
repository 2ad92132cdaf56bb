/** How an app is set before the migration. */
export interface AppSettings {
  /** Base URLs, asked in turn. */
  endpoints: string[];
  /** Requests each second. */
  rate: number;
  /** Where the cluster asks for it. */
  login?: { username: string; password: string; caFile: string };
}

/** The YAML configuration that app-1 has before the migration. */
export function yamlConfig({ endpoints, rate, login }: AppSettings): string {
  return [
    '# Configuration of the shop.',
    'shop:',
    `  ratePerSecond: ${rate}`,
    '',
    'elasticsearch:',
    '  # Asked in turn; each is a base URL.',
    '  endpoints:',
    ...endpoints.map((endpoint) => `    - ${endpoint}`),
    ...(login ? [`  username: ${login.username}`, `  password: ${login.password}`, `  caFile: ${login.caFile}`] : []),
    '  requestTimeoutSeconds: 30',
    '',
  ].join('\n');
}

/** The .env configuration that app-2 has before the migration. */
export function envConfig({ endpoints, rate, login }: AppSettings): string {
  return [
    '# Configuration of the shop.',
    `SHOP_RATE_PER_SECOND=${rate}`,
    '# Asked in turn; base URLs, separated by commas.',
    `ES_ENDPOINTS=${endpoints.join(',')}`,
    ...(login ? [`ES_USERNAME=${login.username}`, `ES_PASSWORD=${login.password}`, `ES_CA_FILE=${login.caFile}`] : []),
    'ES_REQUEST_TIMEOUT_SECONDS=30',
    '',
  ].join('\n');
}
