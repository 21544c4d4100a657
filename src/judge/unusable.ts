/** Whether a client can use a record at all (RFC 7671 section 4.1, RFC 7672 section 3.1.3). */
import { fromTlsaRData, toTlsaText } from '../dane/association.ts';
import { hex, type Octets } from '../text/octets.ts';

/** Why the record cannot be used, as a sentence; undefined where it can. */
export function unusable({ rdata }: { readonly rdata: Octets }, isForSmtp: boolean): string | undefined {
  const association = fromTlsaRData(rdata);
  if (association === undefined) {
    const text = `${rdata[0]} ${rdata[1]} ${rdata[2]} ${hex(rdata.subarray(3, 7))}…`;
    return `${text} has a field out of range`;
  }
  const { usage } = association;
  if (!isForSmtp || usage === 'DANE-EE' || usage === 'DANE-TA') return undefined;
  return `${toTlsaText(association).slice(0, 14)}… is ${usage}, which SMTP does not use`;
}
