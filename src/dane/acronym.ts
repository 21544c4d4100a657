/**
 * The fields of a TLSA record by name and number: RFC 6698 section 2.1 for the values, RFC 7218 section 2 for the
 * acronyms.
 */

/**
 * Number = place in the table. 255 (PrivCert, PrivSel, PrivMatch) is for private use and means nothing to a sender of
 * mail.
 */
export const usages = ['PKIX-TA', 'PKIX-EE', 'DANE-TA', 'DANE-EE'] as const;
export const selectors = ['Cert', 'SPKI'] as const;
export const matchings = ['Full', 'SHA2-256', 'SHA2-512'] as const;

export type Usage = (typeof usages)[number];
export type Selector = (typeof selectors)[number];
export type Matching = (typeof matchings)[number];

/** The acronym of an acronym in any case, or of a number; else undefined. */
export const parseUsage = (text: string): Usage | undefined => find(usages, text);
export const parseSelector = (text: string): Selector | undefined => find(selectors, text);
export const parseMatching = (text: string): Matching | undefined => find(matchings, text);

function find<T extends string>(table: readonly T[], text: string): T | undefined {
  if (/^[0-9]+$/.test(text)) return table[Number(text)];
  return table.find((acronym) => acronym.toLowerCase() === text.toLowerCase());
}

/** Whether the record is about an issuer and not about the server certificate. */
export function isAnchorUsage(usage: Usage): boolean {
  return usage === 'DANE-TA' || usage === 'PKIX-TA';
}

/** Whether the record only adds to what the roots of the client decide. */
export function isPkixUsage(usage: Usage): boolean {
  return usage === 'PKIX-TA' || usage === 'PKIX-EE';
}

/** `PKIX-TA (0), PKIX-EE (1), …`: what may be written. */
export function choices(table: readonly string[]): string {
  return table.map((acronym, number) => `${acronym} (${number})`).join(', ');
}
