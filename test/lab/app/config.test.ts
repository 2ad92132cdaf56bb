import { parseConfig } from '../../../lab/app/config';
import { envConfig, yamlConfig } from '../../../lab/app/files';

const ENDPOINTS = ['http://198.18.1.11:9200', 'http://198.18.1.12:9200'];
const before = {
  endpoints: ENDPOINTS,
  username: undefined,
  password: undefined,
  caFile: undefined,
  ratePerSecond: 50,
  requestTimeoutSeconds: 30,
};

describe('parseConfig', () => {
  it('reads the YAML that the lab writes', () => {
    expect(parseConfig('/etc/shop/config.yaml', yamlConfig({ endpoints: ENDPOINTS, rate: 50 }))).toEqual(before);
  });

  it('reads the .env that the lab writes', () => {
    expect(parseConfig('/etc/shop/shop.env', envConfig({ endpoints: ENDPOINTS, rate: 50 }))).toEqual(before);
  });

  it('reads user, password and CA from both formats', () => {
    const after = { endpoints: ['https://198.18.2.11:9243'], username: 'shop', password: 'pa#ss', caFile: '/ca.crt' };
    const yaml = `elasticsearch:\n  endpoints: ['https://198.18.2.11:9243/']\n  username: shop\n  password: 'pa#ss'\n  caFile: /ca.crt\n`;
    const env = `ES_ENDPOINTS=https://198.18.2.11:9243\nES_USERNAME=shop\nES_PASSWORD='pa#ss'\nES_CA_FILE=/ca.crt\n`;
    expect(parseConfig('config.yaml', yaml)).toMatchObject(after);
    expect(parseConfig('shop.env', env)).toMatchObject(after);
  });

  it.each([
    ['config.yaml', '', 'config.yaml: endpoints is empty'],
    ['shop.env', 'ES_ENDPOINTS=\n', 'shop.env: endpoints is empty'],
    ['shop.env', 'ES_ENDPOINTS=198.18.1.11\n', 'endpoints has "198.18.1.11", which is not a base URL'],
    ['shop.env', 'ES_ENDPOINTS=http://a\nES_USERNAME=shop\n', 'username, password must both be there'],
    ['shop.env', 'ES_ENDPOINTS=http://a\nSHOP_RATE_PER_SECOND=-1\n', 'rate must be a number above 0'],
  ])('refuses %s with %j', (path, text, message) => {
    expect(() => parseConfig(path, text)).toThrow(message);
  });
});
