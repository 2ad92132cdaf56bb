import { sniffingIn } from '../../../src/hosts/app-config';

it.each([
  ['yaml', 'elasticsearch:\n  sniffOnStart: true\n', 'elasticsearch.sniffOnStart'],
  ['yaml', 'elasticsearch.sniffInterval: 30000\n', 'elasticsearch.sniffInterval'],
  ['yaml', 'client:\n  sniff_on_connection_fail: yes\n', 'client.sniff_on_connection_fail'],
  [
    'yaml',
    'spring.elasticsearch.restclient.sniffer.interval: 1m\n',
    'spring.elasticsearch.restclient.sniffer.interval',
  ],
  ['json', '{"es": {"discoverNodesOnStart": true}}', 'es.discoverNodesOnStart'],
  ['json', '{"spark": {"es.nodes.wan.only": false}}', 'spark.es.nodes.wan.only'],
  ['json', '{"spark": {"es.nodes": "https://a:1"}}', 'spark.es.nodes'],
  ['env', 'ES_URL=https://a:1\nES_SNIFF=1\n', 'ES_SNIFF'],
  ['env', 'SPARK_OPTS="-Des.nodes=a -Des.nodes.wan.only=false"\n', 'SPARK_OPTS'],
  ['env', 'ES_URL=https://a:1/shop?sniff=true\n', 'ES_URL'],
  ['env', 'ELASTICSEARCH_DISCOVERY_ENABLED=true\n', 'ELASTICSEARCH_DISCOVERY_ENABLED'],
  ['text', 'output {\n  elasticsearch {\n    sniffing => true\n  }\n}\n', 'line 3'],
  ['text', '<match>\n  reload_connections true\n</match>', 'line 2'],
  ['text', 'pool = new SniffingConnectionPool(uris);', 'line 1'],
  ['text', 'es.nodes = a:9243\n', 'line 1'],
  ['text', 'es = Elasticsearch(hosts, sniff_on_start=True)\n', 'line 1'],
] as const)('%s %j asks for nodes by %s', (format, text, key) => expect(sniffingIn(format, text)).toEqual([key]));

it.each([
  ['yaml', 'elasticsearch:\n  sniffOnStart: false\n  # sniffInterval: 1\n  hosts: [https://a:1]\n'],
  ['yaml', 'elasticsearch.sniffOnConnectionFault: "no"\n'],
  ['json', '{"es.nodes": "https://a:1", "es.nodes.wan.only": true}'],
  ['env', 'SPARK_OPTS="-Des.nodes=a -Des.nodes.wan.only=true"\n'],
  ['env', 'ES_SNIFF=0\nES_URLS=https://a:1,https://b:1\n'],
  ['text', '  sniffing => false\n# sniffing => true\n// new Sniffer()\n'],
  ['text', 'reload_connections false\nreload_on_failure false\n'],
  ['yaml', 'hosts: [https://a:1]\nnodes: 3\nservices.nodes: a\n'],
] as const)('%s %j asks for none', (format, text) => expect(sniffingIn(format, text)).toEqual([]));
