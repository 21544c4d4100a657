/**
 * Which names a client sends and looks for: SNI is the TLSA base domain, and so is the first reference name; how the client
 * came there decides on the others.
 */
import type { Name } from '../../dns/name.ts';

/** How the client found the host. The base domain is where it found the TLSA records, without `_port._protocol`. */
export type Destination =
  /** A host by its own name, or by `asked`, of which the base domain is the secure CNAME expansion. */
  | { readonly kind: 'host'; readonly baseDomain: Name; readonly asked?: Name }
  /** A mail host from an MX record of `nextHop`, which may be an alias of `expansion`. */
  | {
      readonly kind: 'mx';
      readonly baseDomain: Name;
      readonly nextHop: Name;
      /** Where the CNAMEs of `nextHop` lead, all of them secure. */
      readonly expansion?: Name;
      readonly isMxSecure: boolean;
    }
  /**
   * A host from a secure SRV record of `service` (`example.org.` for `_xmpp-client._tcp.example.org.`). Where the SRV record is
   * insecure no TLSA record is looked for (RFC 7673 section 3.1), so there is nothing to match.
   */
  | { readonly kind: 'srv'; readonly baseDomain: Name; readonly service: Name; readonly target: Name };

export interface ClientNames {
  /** Server Name Indication (RFC 7671 section 3). */
  readonly sni: Name;
  /** The certificate must have one of these; the first is the TLSA base domain. */
  readonly references: readonly [Name, ...Name[]];
}

/**
 * RFC 7671 sections 3 and 7 for hosts, RFC 7672 section 3.2.2 for MX. For SRV, RFC 7673 section 4.1: both the service domain and the
 * target host are reference identifiers, and the target is preferred for SNI; section 6 lets the certificate have either, with every
 * usage but DANE-EE, which looks at no name (section 4.2). Names that come of CNAMEs are those of RFC 7671 section 7.
 */
export function clientNames(destination: Destination): ClientNames {
  const { baseDomain } = destination;
  const others = new Set(
    otherNames(destination).filter((name) => name !== undefined && name !== baseDomain),
  ) as Set<Name>;
  return { sni: baseDomain, references: [baseDomain, ...others] };
}

function otherNames(destination: Destination): (Name | undefined)[] {
  switch (destination.kind) {
    case 'host':
      return [destination.asked];
    case 'mx':
      // Who can forge the MX record can choose its host, and must not choose the name as well.
      return destination.isMxSecure ? [destination.nextHop, destination.expansion] : [];
    case 'srv':
      return [destination.target, destination.service];
  }
}
