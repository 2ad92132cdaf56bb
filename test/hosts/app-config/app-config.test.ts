import { parse as parseDotenv } from 'dotenv';
import { execFileSync } from 'node:child_process';
import {
  ConfigEditError,
  frontUrls,
  oldEndpointsIn,
  renderAppConfig,
  type AppConfig,
} from '../../../src/hosts/app-config';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

const plan = parsePlan({
  ...minimalPlan(),
  hosts: {
    hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
    old: [
      { name: 'old-1', address: '198.18.1.11' },
      { name: 'old-2', address: '198.18.1.12' },
    ],
    new: [
      { name: 'new-1', address: '198.18.2.11' },
      { name: 'new-2', address: '198.18.2.12' },
    ],
    apps: minimalPlan().hosts.apps,
  },
});
const PASSWORD = `a'b"c$&\\{{urls}} #: é`;
const values = { urls: frontUrls(plan), username: 'shop', password: PASSWORD };
const config = (format: AppConfig['format'], set: AppConfig['set']): AppConfig => ({
  path: '/etc/shop/config',
  format,
  set,
});

describe('renderAppConfig', () => {
  it('yaml: a list of urls, a new user name and password, everything else as it was', () => {
    const text = '# shop\nelasticsearch:\n    endpoints: # all\n    - http://198.18.1.11:9200\nport: 8080 # http\n';
    const set = {
      'elasticsearch.endpoints': '{{urls}}',
      'elasticsearch.username': '{{username}}',
      'elasticsearch.password': '{{password}}',
      'elasticsearch.first': 'x {{urls}} y',
    };
    expect(() => renderAppConfig(config('yaml', set), text, values)).toThrow(/has no key "elasticsearch.first"/);
    const { 'elasticsearch.first': _, ...good } = set;
    const rendered = renderAppConfig(config('yaml', good), text, values);
    expect(rendered).toBe(
      '# shop\nelasticsearch:\n    endpoints: # all\n    - "https://198.18.2.11:9243"\n    - "https://198.18.2.12:9243"\n' +
        `    username: shop\n    password: ${JSON.stringify(PASSWORD)}\nport: 8080 # http\n`,
    );
    expect(renderAppConfig(config('yaml', good), rendered, values)).toBe(rendered);
  });

  it('json: keeps numbers, order and indent; adds keys in the same shape', () => {
    const text =
      '{\n    "id": 12345678901234567890,\n    "es": { "urls": ["http://198.18.1.11:9200"] },\n    "z": 1.50\n}\n';
    const rendered = renderAppConfig(
      config('json', { 'es.urls': '{{urls}}', 'es.password': '{{password}}', tls: true }),
      text,
      values,
    );
    expect(rendered).toBe(
      '{\n    "id": 12345678901234567890,\n    "es": { "urls": ["https://198.18.2.11:9243", "https://198.18.2.12:9243"], ' +
        `"password": ${JSON.stringify(PASSWORD)} },\n    "z": 1.50,\n    "tls": true\n}\n`,
    );
    expect((JSON.parse(rendered) as { es: { password: string } }).es.password).toBe(PASSWORD);
    expect(renderAppConfig(config('json', { 'es.urls': '{{urls}}', tls: true }), rendered, values)).toBe(rendered);
  });

  it('json: refuses comments and a missing endpoints key', () => {
    expect(() => renderAppConfig(config('json', { a: '{{urls}}' }), '{ // x\n}', values)).toThrow(/not valid JSON/);
    expect(() => renderAppConfig(config('json', { a: '{{urls}}' }), '{"b": 1}', values)).toThrow(/has no key "a"/);
  });

  it('env: comments, export, quotes and repeated variables stay; systemd, dotenv and sh read the same', () => {
    const text =
      '# shop\nexport ES_URLS="http://198.18.1.11:9200" # urls\n\nES_USER = old\nES_USER=older\nOTHER=\'a # b\'\n';
    const tame = { ...values, password: 'p"w$x # y' };
    const rendered = renderAppConfig(
      config('env', { ES_URLS: '{{urls}}', ES_USER: '{{username}}', ES_PASSWORD: '{{password}}', ES_TLS: true }),
      text,
      tame,
    );
    expect(rendered).toBe(
      '# shop\nexport ES_URLS=https://198.18.2.11:9243,https://198.18.2.12:9243 # urls\n\nES_USER = shop\nES_USER=shop\n' +
        "OTHER='a # b'\nES_PASSWORD='p\"w$x # y'\nES_TLS=true\n",
    );
    expect(parseDotenv(rendered)).toMatchObject({ ES_PASSWORD: tame.password, OTHER: 'a # b' });
    const sh = rendered.replace('ES_USER = shop\n', '');
    expect(execFileSync('sh', ['-c', `${sh}\nprintf %s "$ES_PASSWORD"`], { encoding: 'utf8' })).toBe(tame.password);
  });

  it('env: refuses a missing endpoints variable, a bad name and a value that no quoting holds', () => {
    expect(() => renderAppConfig(config('env', { URLS: '{{urls}}' }), 'A=1\n', values)).toThrow(
      /has no variable "URLS"/,
    );
    expect(() => renderAppConfig(config('env', { 'A-B': 'x' }), 'A=1\n', values)).toThrow(/letters, digits/);
    expect(() => renderAppConfig(config('env', { PW: '{{password}}' }), 'A=1\n', values)).toThrow(
      /can't hold the new value of "PW"/,
    );
  });

  it('env: keeps a value over several lines and a file without a last line end', () => {
    const text = 'KEY="-----BEGIN\nabc\n-----END"\nURLS=http://198.18.1.11:9200';
    const rendered = renderAppConfig(config('env', { URLS: '{{urls}}', USER: '{{username}}' }), text, values);
    expect(rendered).toBe(`KEY="-----BEGIN\nabc\n-----END"\nURLS=${values.urls.join(',')}\nUSER=shop\n`);
  });

  it('text: the template is the whole file, filled in one pass', () => {
    const template = 'urls {{urls}}\nuser {{username}}:{{password}} {{other}}\n';
    expect(renderAppConfig(config('text', undefined), 'old', values, template)).toBe(
      `urls ${values.urls.join(',')}\nuser shop:${PASSWORD} {{other}}\n`,
    );
    expect(() => renderAppConfig(config('text', undefined), 'old', values, 'no urls')).toThrow(ConfigEditError);
  });
});

describe('oldEndpointsIn', () => {
  it('finds old nodes in values, not in comments, and not addresses that only begin alike', () => {
    const yaml =
      '# was http://198.18.1.11:9200\na: ["http://198.18.1.12:9200/"]\nb: 198.18.1.110\nc: 198.18.1.11:5432\nd: 198.18.1.11\n';
    expect(oldEndpointsIn('yaml', yaml, plan)).toEqual([
      { key: 'a', host: 'old-2' },
      { key: 'd', host: 'old-1' },
    ]);
    expect(
      oldEndpointsIn('env', 'A=http://198.18.1.11:9200,http://198.18.1.12:9200\nB=198.18.1.11:92001\n', plan),
    ).toEqual([
      { key: 'A', host: 'old-1' },
      { key: 'A', host: 'old-2' },
    ]);
    expect(oldEndpointsIn('text', 'x\nserver 198.18.1.11:9200;\n', plan)).toEqual([{ key: 'line 2', host: 'old-1' }]);
    expect(oldEndpointsIn('json', '{"a": {"b": "https://198.18.2.11:9243"}}', plan)).toEqual([]);
  });
});
