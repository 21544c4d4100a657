/**
 * TLSA records against given digests, for senders of mail (RFC 7672 section 3.1, RFC 7671 sections 5 and 9). Written for the proof
 * alone: names, dates and signatures of certificates are judged where they are read.
 */
import type { CertificateDigests, Digests } from './mail-history.ts';

interface Tlsa {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: string;
}

/** Usage → certificates of the chain that it speaks of. RFC 7672 section 3.1.3: PKIX-TA and PKIX-EE are not for mail. */
const certificatesOf: Readonly<
  Record<number, (chain: readonly CertificateDigests[]) => readonly CertificateDigests[]>
> = {
  2: (chain) => chain.slice(1),
  3: (chain) => chain.slice(0, 1),
};

const selectorOf: Readonly<Record<number, (of: CertificateDigests) => Digests>> = {
  0: ({ certificate }) => certificate,
  1: ({ spki }) => spki,
};

const digestOf: Readonly<Record<number, (of: Digests) => string | undefined>> = {
  0: ({ full }) => full,
  1: ({ sha256 }) => sha256,
  2: ({ sha512 }) => sha512,
};

/** `records` is RDATA in hexadecimal. `unusable`: none of them says anything to a sender of mail, who goes on without DANE's authentication. */
export function matchesTlsa(
  records: readonly string[],
  chain: readonly CertificateDigests[],
): 'matches' | 'differs' | 'unusable' {
  const usable = records.map(tlsaOf).filter(isUsable);
  if (usable.length === 0) return 'unusable';
  const some = usable.some((record) => isChosen(record, usable) && matches(record, chain));
  return some ? 'matches' : 'differs';
}

function tlsaOf(rdata: string): Tlsa {
  const [usage, selector, matching] = Buffer.from(rdata.slice(0, 6), 'hex');
  return { usage, selector, matching, data: rdata.slice(6).toLowerCase() };
}

function isUsable({ usage, selector, matching }: Tlsa): boolean {
  return usage in certificatesOf && selector in selectorOf && matching in digestOf;
}

/** Digest agility (RFC 7671 section 9): of the digests of one usage and selector only the strongest; whole data always. */
function isChosen({ usage, selector, matching }: Tlsa, usable: readonly Tlsa[]): boolean {
  return (
    matching === 0 ||
    !usable.some((other) => other.usage === usage && other.selector === selector && other.matching > matching)
  );
}

function matches({ usage, selector, matching, data }: Tlsa, chain: readonly CertificateDigests[]): boolean {
  return certificatesOf[usage](chain).some((of) => digestOf[matching](selectorOf[selector](of)) === data);
}
