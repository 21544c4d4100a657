/**
 * The failure matrix of DANE for mail: what an operator got wrong, the rule that says so before it is published, and what Postfix
 * 3.7 (smtp_tls_security_level = dane) logs for a delivery if it is published all the same. test/e2e/deck.test.ts sends the mail.
 *
 * Each case is a folder here. Certificates are those of test/vectors/certs, but for the renewal (make-renewal.sh).
 */
export interface Case {
  /** Of dane/: errors, and what explains the state. */
  readonly rules: readonly string[];
  /** The build refuses the zone: an operator would have to publish it by other means. */
  readonly isRefused: boolean;
  readonly postfix: 'Verified' | 'Trusted' | 'Untrusted' | 'deferred: Server certificate not verified';
  /** Where the mail goes. */
  readonly domain: 'example.test' | 'example.org';
  /** The chain that the server shows, of test/vectors/certs/made; default: the one in the description. */
  readonly shows?: string;
  /** What the operator writes into the zone by hand where danezone makes no record: usage and selector of a file's SHA2-256. */
  readonly byHand?: { readonly file: string; readonly usage: 'DANE-TA'; readonly selector: 'SPKI' };
}

const verified = { postfix: 'Verified', isRefused: false, domain: 'example.test' } as const;
const refused = {
  postfix: 'deferred: Server certificate not verified',
  isRefused: true,
  domain: 'example.test',
} as const;

/** No private key can be had for a chain below the real root: Postfix sees one of the same shape, which lacks its root too. */
const lacksItsRoot = 'chain-no-root.pem';

export const deck: Readonly<Record<string, Case>> = {
  good: { ...verified, rules: [] },
  'one-wrong-digit': { ...refused, rules: ['dane/nothing-matches'] },
  // The certificate matches, but whoever forges the unsigned MX chooses the host: Postfix says less than Verified.
  'mx-domain-unsigned': {
    rules: ['dane/insecure-mx-domain'],
    isRefused: false,
    postfix: 'Trusted',
    domain: 'example.org',
  },
  // Without a secure TLSA record the session is opportunistic, and any certificate will do.
  'mx-host-in-unsigned-zone': {
    rules: ['dane/unsigned-zone'],
    isRefused: true,
    postfix: 'Untrusted',
    domain: 'example.org',
  },
  'tlsa-unsigned': { rules: ['dane/unsigned-zone'], isRefused: true, postfix: 'Untrusted', domain: 'example.test' },
  'root-missing-from-chain': {
    ...refused,
    rules: ['dane/ta-not-in-chain'],
    shows: lacksItsRoot,
    byHand: { file: 'certs/dst-root-ca-x3.pem', usage: 'DANE-TA', selector: 'SPKI' },
  },
  'root-missing-from-chain-literal': { ...refused, rules: ['dane/ta-not-in-chain'], shows: lacksItsRoot },
  'root-missing-from-chain-test-root': {
    ...refused,
    rules: ['dane/ta-not-in-chain'],
    byHand: { file: 'certs/root.pem', usage: 'DANE-TA', selector: 'SPKI' },
  },
  'renewal-with-a-new-key': { ...refused, rules: ['dane/nothing-matches'] },
  'renewal-with-the-same-key': { ...verified, rules: [] },
};
