/**
 * Whether a certificate names a host: DANE-TA and the PKIX usages check names, DANE-EE does not (RFC 7671 section 5.1).
 */
import { type Name, parentOf, parseName } from '../dns/name.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * The names that count: DNS names, or the common name where there is no DNS name among the alternative names (RFC 6125
 * section 6.4.4).
 */
export function certificateNames({ dnsNames, commonName }: Certificate): readonly string[] {
  if (dnsNames.length > 0) return dnsNames;
  return commonName === undefined ? [] : [commonName];
}

/** ASCII in preferred name syntax, no final dot, and underscores, which TLS libraries let pass (RFC 5280 section 4.2.1.6). */
const hostName = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/i;

/**
 * A wildcard stands for one whole left-most label and never for the name of a top-level domain (RFC 6125 section
 * 6.4.3).
 */
export function coversHost(certificate: Certificate, host: Name): boolean {
  return certificateNames(certificate).some((text) => {
    const isPattern = text.startsWith('*.');
    const base = isPattern ? text.slice(2) : text;
    if (!hostName.test(base) || (isPattern && !base.includes('.'))) return false;
    return parseName(base) === (isPattern ? parentOf(host) : host);
  });
}
