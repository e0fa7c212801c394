import { Metadata } from '@grpc/grpc-js';
import type { Trailers } from '../service.js';

/**
 * The text under `name`, the first if the name is repeated; undefined for binary values ("-bin" names). The HTTP/2 layer
 * joins repeated headers with ", " (RFC 9110, section 5.3), so the first value ends there.
 */
export function firstText(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  if (typeof value !== 'string') return undefined;
  const joint = value.indexOf(', ');
  return joint === -1 ? value : value.slice(0, joint);
}

/** @throws TypeError on a name or text that no header can hold: printable ASCII only */
export function toMetadata(trailers: Trailers | undefined): Metadata | undefined {
  if (trailers === undefined) return undefined;
  const metadata = new Metadata();
  for (const [name, text] of Object.entries(trailers)) metadata.set(name, text);
  return metadata;
}
