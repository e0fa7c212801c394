import { ANY } from '../../http/access/access-control.js';
import { ConfigError } from './urls.js';

/** A comma-separated list of origins, or `*`. @throws ConfigError */
export function parseOrigins(list: string): readonly string[] {
  return parts(list).map((text) => {
    if (text === ANY || (URL.canParse(text) && /^https?:\/\/[^/?#@]+\/?$/i.test(text))) return text.replace(/\/$/, '');
    throw new ConfigError(`--cors: "${text}" is neither an origin, as in https://ui.example:8080, nor *`);
  });
}

/** A comma-separated list of host names and addresses without ports, or `*`. @throws ConfigError */
export function parseHosts(list: string): readonly string[] {
  return parts(list).map((text) => {
    if (text === ANY || /^(\[[0-9a-f:.]+\]|[0-9a-f:]*::?[0-9a-f:.]+|[^\s:/?#@[\]]+)$/i.test(text)) return text;
    throw new ConfigError(`--host-whitelist: "${text}" is neither a host name without a port nor *`);
  });
}

function parts(list: string): readonly string[] {
  return [...new Set(list.split(',').map((part) => part.trim()))].filter((part) => part !== '');
}
