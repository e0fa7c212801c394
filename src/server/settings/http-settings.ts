import { ANY } from '../../http/access/access-control.js';
import { ConfigError } from './urls.js';
import { boolean, choice, list, urls } from './kinds.js';

/** The JSON gateway, metrics and health checks. */
export const HTTP_SETTINGS = {
  /** URLs on which HTTP is served apart from gRPC, which then has `listenClientUrls` to itself; may be empty. */
  listenClientHttpUrls: urls({
    flag: 'listen-client-http-urls',
    sockets: true,
    group: 'HTTP',
    help: 'URLs on which to serve HTTP, apart from gRPC (default: the URLs of listen-client-urls)',
  }),
  enableGrpcGateway: boolean({
    flag: 'enable-grpc-gateway',
    group: 'HTTP',
    default: true,
    help: 'serve the JSON gateway',
  }),
  /** Origins whose pages may call this member over HTTP; `*` admits all. */
  cors: list({
    flag: 'cors',
    group: 'HTTP',
    placeholder: 'origins',
    parse: parseOrigins,
    help: 'origins whose web pages may send HTTP requests, or * for all (default: none)',
  }),
  /** Hosts that HTTP requests may name, besides those of this member's URLs; `*` admits all. */
  hostWhitelist: list({
    flag: 'host-whitelist',
    group: 'HTTP',
    placeholder: 'hosts',
    parse: parseHosts,
    help: "hosts that HTTP requests may name, besides those of this member's URLs, or * for all",
  }),
  /** `extensive` adds histograms of the duration of calls. */
  metrics: choice({
    flag: 'metrics',
    group: 'HTTP',
    placeholder: 'level',
    default: 'basic',
    words: ['basic', 'extensive'],
    help: '"basic", or "extensive" to add histograms of the duration of calls',
  }),
  listenMetricsUrls: urls({
    flag: 'listen-metrics-urls',
    sockets: true,
    group: 'HTTP',
    help: 'further URLs for /metrics and the health checks',
  }),
};

/** @throws ConfigError */
function parseOrigins(text: string, name: string): readonly string[] {
  return parts(text).map((part) => {
    if (part === ANY || (URL.canParse(part) && /^https?:\/\/[^/?#@]+\/?$/i.test(part))) return part.replace(/\/$/, '');
    throw new ConfigError(`${name}: "${part}" is neither an origin, as in https://ui.example:8080, nor *`);
  });
}

/** @throws ConfigError */
function parseHosts(text: string, name: string): readonly string[] {
  return parts(text).map((part) => {
    if (part === ANY || /^(\[[0-9a-f:.]+\]|[0-9a-f:]*::?[0-9a-f:.]+|[^\s:/?#@[\]]+)$/i.test(part)) return part;
    throw new ConfigError(`${name}: "${part}" is neither a host name without a port nor *`);
  });
}

function parts(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== '');
}
