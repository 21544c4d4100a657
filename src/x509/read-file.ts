/**
 * Certificate and key files as operators have them: PEM or DER, alone or in a bundle; what is none is refused by its
 * name.
 */
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, report } from '../text/problem.ts';
import { type Certificate, certificateName } from './certificate.ts';
import { orderChain } from './chain.ts';
import { type Item, readContents } from './contents.ts';
import { isSameKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';
import { refusalOf, shellWord } from './refusal.ts';
import type { CertificateRequest } from './request.ts';
import { rules } from './rules.ts';

export type CertificateFile =
  | {
      readonly kind: 'chain';
      /** The leaf, then its issuers, nearest first. */
      readonly certificates: readonly Certificate[];
      /** Certificates of the file that are no ancestors of the leaf. */
      readonly strays: readonly Certificate[];
      /** All of them in the order of the file: a server presents the first as its own, whatever it is. */
      readonly inFile: readonly [Certificate, ...Certificate[]];
    }
  | { readonly kind: 'request'; readonly request: CertificateRequest }
  | { readonly kind: 'public-key'; readonly key: PublicKey }
  /** Only the public half is kept. */
  | { readonly kind: 'private-key'; readonly key: PublicKey; readonly isEncrypted: boolean };

/** What a file is, with its article. */
export const kindText: Readonly<Record<CertificateFile['kind'], string>> = {
  chain: 'a certificate chain',
  request: 'a certification request',
  'public-key': 'a public key',
  'private-key': 'a private key',
};

export interface ReadOptions {
  /** For encrypted private keys. */
  readonly passphrase?: string;
  /**
   * What several server certificates in one file are: a mistake (`only`, the default), or as a server reads them
   * (`first`).
   */
  readonly leaf?: 'only' | 'first';
}

/** Octets: certificate files have some kilobytes; more is something else. */
export const maxFileLength = 1024 * 1024;
const maxCertificates = 64;

const expected = 'a certificate, a certification request or a key';

type Kind<K extends Item['kind']> = Extract<Item, { kind: K }>;

/**
 * Reads a file. Undefined after an error was reported. The warnings about a chain (cert/chain-order) are reported too;
 * what depends on the time is not looked at here.
 */
export function readCertificateFile(
  file: string,
  octets: Octets,
  to: Report,
  options: ReadOptions = {},
): CertificateFile | undefined {
  const start: Position = { file, line: 1, column: 1, isUnquotable: true };
  if (octets.length > maxFileLength) {
    const reason = `the file has ${octets.length} octets: certificate and key files have at most ${maxFileLength}`;
    report(to, rules['cert/unreadable'], start, { reason });
    return undefined;
  }
  const items = readContents(file, octets, options.passphrase);
  const of = <K extends Item['kind']>(kind: K) => items.filter((item): item is Kind<K> => item.kind === kind);
  const faults = items.filter((item) => reportFault(item, file, to));
  if (faults.length > 0) return undefined;

  const one = <T>(found: readonly T[], what: string): T | undefined => {
    if (found.length === 1) return found[0];
    report(to, rules['cert/unreadable'], start, { reason: `the file holds ${found.length} ${what}: one was expected` });
    return undefined;
  };
  // Certificates come before requests and requests before keys; the rest of a bundle (parameters, a CRL) does not
  // matter.
  const certificates = of('certificate').map((item) => item.certificate);
  const [first, ...others] = certificates;
  if (first !== undefined) return chainOf([first, ...others], of('private-key'), to, options);
  const requests = of('request');
  if (requests.length > 0) return requestOf(one(requests, 'certification requests'), to);
  const publicKeys = of('public-key');
  if (publicKeys.length > 0) {
    const item = one(publicKeys, 'public keys');
    return item && { kind: 'public-key', key: item.key };
  }
  const privateKeys = of('private-key');
  if (privateKeys.length > 0) return privateKeyOf(one(privateKeys, 'private keys'), to);
  reportForeign(items[0], file, to);
  return undefined;
}

/** Whether the item spoils its file, and if so, why. */
function reportFault(item: Item, file: string, to: Report): boolean {
  switch (item.kind) {
    case 'damaged':
      report(to, rules['cert/unreadable'], item.at, { reason: item.reason }, { hint: item.hint });
      return true;
    case 'broken':
      reportBroken(item, file, to);
      return true;
    case 'foreign':
      if (item.mislabelled) reportForeign(item, file, to);
      return item.mislabelled;
    default:
      return false;
  }
}

function reportBroken({ at, content, form, fault }: Kind<'broken'>, file: string, to: Report): void {
  const what = refusalOf(content, file, form).found.replace(/^an? /, 'the ');
  const facts = { what, message: fault.message };
  const inform = form === 'der' ? ' -inform DER' : '';
  const hint =
    content === 'certificate'
      ? `openssl x509${inform} -in ${shellWord(file)} -out certificate.pem, and let the server use the new file too`
      : undefined;
  if (fault.kind === 'ber') report(to, rules['cert/not-der'], at, facts, { hint });
  else if (fault.kind === 'trailing') report(to, rules['cert/trailing-data'], at, facts, { hint });
  else report(to, rules['cert/unreadable'], at, { reason: `${what} ${fault.message}` });
}

function reportForeign(item: Item, file: string, to: Report): void {
  if (item.kind !== 'foreign') {
    const found = item.kind === 'unknown' ? `a PEM block ${item.label}` : 'nothing of that kind';
    report(to, rules['cert/not-a-certificate'], item.at, { expected, found });
    return;
  }
  const { kind, found, hint } = refusalOf(item.content, file, item.form);
  if (kind === 'other') report(to, rules['cert/not-a-certificate'], item.at, { expected, found }, { hint });
  else report(to, rules['cert/unreadable'], item.at, { reason: `this is ${found}` }, { hint });
}

function chainOf(
  certificates: readonly [Certificate, ...Certificate[]],
  privateKeys: readonly Kind<'private-key'>[],
  to: Report,
  options: ReadOptions,
): CertificateFile | undefined {
  if (certificates.length > maxCertificates) {
    const reason = `the file holds ${certificates.length} certificates: a chain has at most ${maxCertificates}`;
    const hint = 'name the file with the chain of this server, not a bundle of trusted roots';
    report(to, rules['cert/unreadable'], certificates[maxCertificates].at, { reason }, { hint });
    return undefined;
  }
  const chain = orderChain(certificates);
  const leaf = chain.certificates[0];
  const servers = chain.leaves.filter((other) => other === leaf || !other.isCa);
  if (servers.length > 1 && options.leaf !== 'first') {
    const related = servers.flatMap((server) =>
      server.at === undefined ? [] : [{ position: server.at, message: certificateName(server) }],
    );
    report(
      to,
      rules['cert/several-leaves'],
      servers[1].at,
      { names: servers.map((server) => `${certificateName(server)} (serial ${server.serial})`) },
      { related },
    );
    return undefined;
  }
  for (const { certificate, reason } of chain.faults) {
    report(to, rules['cert/chain-order'], certificate.at, { reason });
  }
  for (const { at, key } of privateKeys) {
    if ('error' in key || isSameKey(key.spki, leaf.spki)) continue;
    const reason = `this private key is not the key of ${certificateName(leaf)}`;
    report(to, rules['cert/key-mismatch'], at, { reason });
    return undefined;
  }
  return { kind: 'chain', certificates: chain.certificates, strays: chain.strays, inFile: certificates };
}

function requestOf(item: Kind<'request'> | undefined, to: Report): CertificateFile | undefined {
  if (item === undefined || item.request.signatureVerifies) return item && { kind: 'request', request: item.request };
  const { subject, dnsNames } = item.request;
  const reason = `the request for ${subject.text || (dnsNames[0] ?? 'nobody')} is not signed by the key that it names`;
  report(to, rules['cert/key-mismatch'], item.at, { reason });
  return undefined;
}

function privateKeyOf(item: Kind<'private-key'> | undefined, to: Report): CertificateFile | undefined {
  if (item === undefined) return undefined;
  if ('error' in item.key) {
    const { error, hint } = item.key;
    report(to, rules['cert/unreadable'], item.at, { reason: `the file ${error}` }, { hint });
    return undefined;
  }
  return { kind: 'private-key', key: item.key, isEncrypted: item.isEncrypted };
}
