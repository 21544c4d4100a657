/**
 * Records of a trust anchor that signed the top of a chain and is not in it: the usual root, which authorities leave out of
 * the files that they hand out, because browsers have it.
 */
import { hex } from '../text/octets.ts';
import { type Certificate, certificateName } from '../x509/certificate.ts';
import { sameName } from '../x509/distinguished-name.ts';
import { type Association, associationData } from './association.ts';

/** A root by what a certificate below it says of it, and by the digests that records of it hold. */
interface Root {
  /** RFC 4514. */
  readonly subject: string;
  readonly name: string;
  /** Subject key identifier. */
  readonly keyIdentifier: string;
  /** notAfter, day in UTC. */
  readonly ends: string;
  /** SHA-256 of the certificate and of its SubjectPublicKeyInfo; other digests are not looked for. */
  readonly sha256: Readonly<Record<'Cert' | 'SPKI', string>>;
}

/** Roots above the chains of Let's Encrypt, past and present: pages of letsencrypt/website (test/vectors/certs/index.json). */
export const roots: readonly Root[] = [
  {
    subject: 'CN=DST Root CA X3,O=Digital Signature Trust Co.',
    name: 'DST Root CA X3',
    keyIdentifier: 'c4a7b1a47b2c71fadbe14b9075ffc41560858910',
    ends: '2021-09-30',
    sha256: {
      Cert: '0687260331a72403d909f105e69bcf0d32e1bd2493ffc6d9206d11bcd6770739',
      SPKI: '563b3caf8cfef34c2335caf560a7a95906e8488462eb75ac59784830df9e5b2b',
    },
  },
  {
    subject: 'CN=ISRG Root X1,O=Internet Security Research Group,C=US',
    name: 'ISRG Root X1',
    keyIdentifier: '79b459e67bb6e5e40173800888c81a58f6e99b6e',
    ends: '2035-06-04',
    sha256: {
      Cert: '96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6',
      SPKI: '0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3',
    },
  },
  {
    subject: 'CN=ISRG Root X2,O=Internet Security Research Group,C=US',
    name: 'ISRG Root X2',
    keyIdentifier: '7c4296aede4b483bfa92f89e8ccf6d8ba9723795',
    ends: '2040-09-17',
    sha256: {
      Cert: '69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470',
      SPKI: '762195c225586ee6c0237456e2107dc54f1efc21f61a792ebd515913cce68332',
    },
  },
  {
    subject: 'CN=Root YE,O=ISRG,C=US',
    name: 'Root YE',
    keyIdentifier: 'a3c8265a8ea14cd03563fc9b23c83aae56f34f56',
    ends: '2045-09-02',
    sha256: {
      Cert: 'e14ffcad5b0025731006caa43a121a22d8e9700f4fb9cf852f02a708aa5d5666',
      SPKI: 'b0292ae545978e0fbb98abbd94c861605e5b18bb32ed523f50d5b7b5c71d47bc',
    },
  },
  {
    subject: 'CN=Root YR,O=ISRG,C=US',
    name: 'Root YR',
    keyIdentifier: 'dee75b60d0226d40287d3f0d01fea4b552b45194',
    ends: '2045-09-02',
    sha256: {
      Cert: 'e57b7e6f150c419102e8d5c055729ff967b9d1a829bf00cec89ca604ebf4a86f',
      SPKI: '7e4e8838a8add6295de7ae3b047d3aba3488ab95db0a0aa56d897a00d8618bcf',
    },
  },
];

export interface AnchorAbove {
  /** Name of the anchor, and what is known of its end. */
  readonly anchor: string;
  /** The certificate of the chain that it issued. */
  readonly top: Certificate;
}

/**
 * The issuer above `chain` (leaf first) of which a DANE-TA record is the digest: a root that is known here, or one of
 * `others`, certificates of other files. By names and key identifiers; undefined where it is another thing, or in the chain.
 */
export function anchorAbove(
  record: Omit<Association, 'from'>,
  chain: readonly Certificate[],
  others: readonly Certificate[] = [],
): AnchorAbove | undefined {
  if (record.usage !== 'DANE-TA') return undefined;
  const data = hex(record.data).toLowerCase();
  for (const top of chain) {
    if (top.isSelfIssued) continue;
    const mayBe = (keyIdentifier: string | undefined) =>
      top.authorityKeyIdentifier === undefined ||
      keyIdentifier === undefined ||
      top.authorityKeyIdentifier.toLowerCase() === keyIdentifier.toLowerCase();
    const isIssuer = (certificate: Certificate) =>
      sameName(top.issuer, certificate.subject) && mayBe(certificate.subjectKeyIdentifier);
    if (chain.some(isIssuer)) continue;
    const known = roots.find(
      ({ subject, keyIdentifier, sha256 }) =>
        top.issuer.text === subject &&
        mayBe(keyIdentifier) &&
        record.matching === 'SHA2-256' &&
        sha256[record.selector] === data,
    );
    if (known !== undefined) return { anchor: `${known.name} (until ${known.ends})`, top };
    const other = others.find((certificate) => {
      const digest = isIssuer(certificate) ? associationData(record, certificate) : undefined;
      return digest !== undefined && hex(digest).toLowerCase() === data;
    });
    if (other !== undefined) return { anchor: certificateName(other), top };
  }
  return undefined;
}
