/** Owners of TLSA records: which port and host they are about (RFC 6698 section 3). */
import { parsePort } from '../dane/services.ts';
import { labelsOf, type Name, parentOf } from '../dns/name.ts';

/** `port` is `*` where a wildcard stands for all ports of a protocol. */
export interface TlsaService {
  readonly port: number | '*';
  readonly protocol: string;
  readonly host: Name;
}

const protocols = new Set(['_tcp', '_udp', '_sctp']);

/** Undefined where the owner does not begin with port and protocol. */
export function serviceOf(owner: Name): TlsaService | undefined {
  if (owner[0] !== '_' && owner[0] !== '*') return undefined;
  const [first, second] = labelsOf(owner);
  if (second === undefined || !protocols.has(second)) return undefined;
  const port = first === '*' ? '*' : first[0] === '_' ? parsePort(first.slice(1)) : undefined;
  const host = parentOf(parentOf(owner) ?? owner);
  if (port === undefined || host === undefined) return undefined;
  return { port, protocol: second.slice(1), host };
}

export const isSmtp = ({ port, protocol }: Pick<TlsaService, 'port' | 'protocol'>) => port === 25 && protocol === 'tcp';
