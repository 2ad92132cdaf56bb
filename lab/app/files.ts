/** The YAML configuration that app-1 has before the migration. */
export function yamlConfig(endpoints: string[], rate: number): string {
  return [
    '# Configuration of the shop.',
    'shop:',
    `  ratePerSecond: ${rate}`,
    '',
    'elasticsearch:',
    '  # Asked in turn; each is a base URL.',
    '  endpoints:',
    ...endpoints.map((endpoint) => `    - ${endpoint}`),
    '  requestTimeoutSeconds: 30',
    '',
  ].join('\n');
}

/** The .env configuration that app-2 has before the migration. */
export function envConfig(endpoints: string[], rate: number): string {
  return [
    '# Configuration of the shop.',
    `SHOP_RATE_PER_SECOND=${rate}`,
    '# Asked in turn; base URLs, separated by commas.',
    `ES_ENDPOINTS=${endpoints.join(',')}`,
    'ES_REQUEST_TIMEOUT_SECONDS=30',
    '',
  ].join('\n');
}
