/**
 * Services by name. A TLSA record stands at `_port._protocol.host` (RFC 6698 section 3), so a service is no more than a
 * name for a port and a protocol.
 */

import { type Name, type NameError, under } from '../dns/name.ts';
import { onlyMeant, suggest } from '../text/suggest.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface ServicePort {
  /** As it was written, lower case: `smtp`, `domain-s/udp`, `8443/tcp`. */
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

const protocols: readonly Protocol[] = ['tcp', 'udp', 'sctp'];

/**
 * Names of the IANA Service Name and Transport Protocol Port Number Registry that run over TLS or DTLS, or begin it
 * with STARTTLS; the first protocol is the one that the bare name means. Two exceptions: the registry has no port for
 * `xmpps-client` and `xmpps-server` (XEP-0368 leaves it to the SRV record), so these are the customary ones.
 */
export const services: Readonly<Record<string, { readonly port: number; readonly protocols: readonly Protocol[] }>> = {
  smtp: { port: 25, protocols: ['tcp'] },
  submission: { port: 587, protocols: ['tcp'] },
  submissions: { port: 465, protocols: ['tcp'] },
  imap: { port: 143, protocols: ['tcp'] },
  imaps: { port: 993, protocols: ['tcp'] },
  pop3: { port: 110, protocols: ['tcp'] },
  pop3s: { port: 995, protocols: ['tcp'] },
  sieve: { port: 4190, protocols: ['tcp'] },
  https: { port: 443, protocols: ['tcp', 'udp'] },
  'xmpp-client': { port: 5222, protocols: ['tcp'] },
  'xmpp-server': { port: 5269, protocols: ['tcp'] },
  'xmpps-client': { port: 5223, protocols: ['tcp'] },
  'xmpps-server': { port: 5270, protocols: ['tcp'] },
  ldap: { port: 389, protocols: ['tcp'] },
  ldaps: { port: 636, protocols: ['tcp'] },
  'domain-s': { port: 853, protocols: ['tcp', 'udp'] },
  sip: { port: 5060, protocols: ['tcp'] },
  sips: { port: 5061, protocols: ['tcp', 'udp', 'sctp'] },
  stuns: { port: 5349, protocols: ['tcp', 'udp'] },
  turns: { port: 5349, protocols: ['tcp', 'udp'] },
  ftp: { port: 21, protocols: ['tcp'] },
  ftps: { port: 990, protocols: ['tcp'] },
  nntp: { port: 119, protocols: ['tcp'] },
  nntps: { port: 563, protocols: ['tcp'] },
  'ircs-u': { port: 6697, protocols: ['tcp'] },
  telnets: { port: 992, protocols: ['tcp'] },
  amqps: { port: 5671, protocols: ['tcp'] },
  'secure-mqtt': { port: 8883, protocols: ['tcp'] },
  mysql: { port: 3306, protocols: ['tcp'] },
  postgresql: { port: 5432, protocols: ['tcp'] },
  'syslog-tls': { port: 6514, protocols: ['tcp', 'udp'] },
  radsec: { port: 2083, protocols: ['tcp', 'udp'] },
  puppet: { port: 8140, protocols: ['tcp'] },
};

/** The error is a sentence without its subject; `meant` is the text of the only service that can have been meant. */
export interface NoService {
  readonly error: string;
  readonly meant?: string;
}

/** Reads `smtp`, `domain-s/udp` or `8443/tcp`, in any case. */
export function parseService(text: string): ServicePort | NoService {
  const lower = text.toLowerCase();
  const [head, protocolText, ...rest] = lower.split('/');
  if (rest.length > 0 || protocolText === '')
    return { error: 'is not a service name or port/protocol such as 8443/tcp' };
  const protocol = protocols.find((known) => known === protocolText);
  if (protocolText !== undefined && protocol === undefined) {
    return { error: `has the protocol ${JSON.stringify(protocolText)}: expected ${protocols.join(', ')}` };
  }
  if (/^[0-9]+$/.test(head)) {
    const port = parsePort(head);
    if (port === undefined) return { error: `has the port ${head}: ports are 1 to 65535, without leading zeros` };
    if (protocol === undefined) return { error: `is a port without its protocol: write ${port}/tcp` };
    return { name: lower, port, protocol };
  }
  const known = Object.hasOwn(services, head) ? services[head] : undefined;
  if (known === undefined) {
    const near = suggest(head, Object.keys(services));
    const only = onlyMeant(head, Object.keys(services));
    return {
      meant: only === undefined ? undefined : [only, ...text.split('/').slice(1)].join('/'),
      error:
        near === undefined
          ? 'is not a known service: write port/protocol, such as 8443/tcp'
          : `is not a known service: did you mean ${near}? Others are written port/protocol`,
    };
  }
  if (protocol !== undefined && !known.protocols.includes(protocol)) {
    return { error: `does not run over ${protocol}: write ${known.port}/${protocol} if it does here` };
  }
  return { name: lower, port: known.port, protocol: protocol ?? known.protocols[0] };
}

/** A port number, decimal without leading zeros (RFC 6698 section 3); else undefined. */
export function parsePort(text: string): number | undefined {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

/** The owner of the TLSA records of a service (RFC 6698 section 3); too long a host name is an error. */
export function tlsaOwner(host: Name, port: number, protocol: Protocol): Name | NameError {
  return under(`_${port}._${protocol}`, host);
}
