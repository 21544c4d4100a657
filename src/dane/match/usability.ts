/** Whether a client can use a TLSA record at all, before it compares anything (RFC 6698 section 4.1, RFC 7671 section 9). */
import type { Octets } from '../../text/octets.ts';
import { type Certificate, readCertificate } from '../../x509/certificate.ts';
import { readPublicKey } from '../../x509/public-key.ts';
import { isPkixUsage, matchings, selectors, usages } from '../acronym.ts';
import { type Association, dataLength } from '../association.ts';
import type { MatchInput, Unusable } from './verdict.ts';

export interface UsableRecord extends Omit<Association, 'from'> {
  /** Place in the RRset. */
  readonly record: number;
  /** What the data are, with selector Cert and matching type Full. */
  readonly certificate?: Certificate;
}

/** A record that the client can use, or why it cannot. */
export function readRecord(
  rdata: Octets,
  record: number,
  { application, trustStore }: Pick<MatchInput, 'application' | 'trustStore'>,
): UsableRecord | { readonly unusable: Unusable } {
  const unusable = (reason: Unusable) => ({ unusable: reason });
  if (rdata.length < 3) return unusable({ kind: 'too-short', octets: rdata.length });
  const [usage, selector, matching] = [usages[rdata[0]], selectors[rdata[1]], matchings[rdata[2]]];
  const unknown = (field: Extract<Unusable, { kind: 'unknown-value' }>['field'], value: number) =>
    unusable({ kind: 'unknown-value', field, value });
  if (usage === undefined) return unknown('certificate usage', rdata[0]);
  if (selector === undefined) return unknown('selector', rdata[1]);
  if (matching === undefined) return unknown('matching type', rdata[2]);
  if (isPkixUsage(usage)) {
    if (application === 'smtp') return unusable({ kind: 'pkix-usage-smtp' });
    if (trustStore === undefined) return unusable({ kind: 'no-trust-store' });
  }
  const data = rdata.subarray(3);
  const fields = { record, usage, selector, matching, data };
  const expected = dataLength[matching];
  if (expected !== undefined) {
    return data.length === expected
      ? fields
      : unusable({ kind: 'data-length', matching, expected, found: data.length });
  }
  const parsed = selector === 'Cert' ? readCertificate(data) : readPublicKey(data);
  if ('offset' in parsed) {
    const what = selector === 'Cert' ? 'certificate' : 'public key';
    return unusable({ kind: 'unparsable', expected: what, message: parsed.message });
  }
  return 'der' in parsed ? { ...fields, certificate: parsed } : fields;
}
