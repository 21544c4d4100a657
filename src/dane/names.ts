/**
 * Whether a certificate names a host: DANE-TA and the PKIX usages check names, DANE-EE does not (RFC 7671 section 5.1).
 */
import { type Name, parseName } from '../dns/name.ts';
import type { Certificate } from '../x509/certificate.ts';

/** The names that count: DNS names, or the common name where there is no alternative name (RFC 6125 section 6.4.4). */
export function certificateNames({ dnsNames, hasAlternativeNames, commonName }: Certificate): readonly string[] {
  if (hasAlternativeNames || dnsNames.length > 0) return dnsNames;
  return commonName === undefined ? [] : [commonName];
}

/**
 * A wildcard stands for one whole left-most label and never for the name of a top-level domain (RFC 6125 section
 * 6.4.3).
 */
export function coversHost(certificate: Certificate, host: Name): boolean {
  return certificateNames(certificate).some((text) => {
    if (!text.startsWith('*.')) return parseName(text) === host;
    const base = parseName(text.slice(2));
    const [, ...parent] = host.split('.');
    return typeof base === 'string' && base.slice(0, -1).includes('.') && base === parent.join('.');
  });
}
