/** What is said of a file that is none of ours: its name, and the command that makes the right file of it. */
import type { DerContent, TextContent } from './identify.ts';

export interface Refusal {
  /** unreadable: damaged or empty. other: in order, and something else. */
  readonly kind: 'unreadable' | 'other';
  /** With its article. */
  readonly found: string;
  readonly hint?: string;
}

export type Content = DerContent | TextContent;
type Form = 'pem' | 'der';

const table: Readonly<Record<Content, (file: string, form: Form) => Refusal>> = {
  certificate: () => other('a certificate'),
  request: () => other('a certification request (PKCS#10)'),
  'public-key': () => other('a public key'),
  'rsa-public-key': () => other('an RSA public key (PKCS#1)'),
  'private-key': () => other('a private key'),
  'encrypted-private-key': () => other('an encrypted private key'),
  crl: () => other('a certificate revocation list'),
  'ocsp-response': () => other('an OCSP response'),
  pkcs7: (file, form) =>
    other('a PKCS#7 container', `openssl pkcs7 -print_certs${inform(form)} -in ${file} -out chain.pem`),
  pkcs12: (file) =>
    other(
      'a PKCS#12 container, which holds a private key too',
      `take the certificates out, without the key: openssl pkcs12 -in ${file} -nokeys -out chain.pem`,
    ),
  'other-der': (file, form) =>
    other('DER that is no certificate, request or key', `see what it is: openssl asn1parse${inform(form)} -in ${file}`),
  empty: () => unreadable('an empty file'),
  blank: () => unreadable('a file of white space only'),
  nul: () => unreadable('a file with NUL octets', 'the file was not written to its end: fetch or copy it again'),
  utf16: (file) => unreadable('a text in UTF-16', `iconv -f UTF-16 -t ASCII ${file} > chain.pem`),
  html: () => other('an HTML page', 'the download went wrong, or wants a login: look at the page in a browser'),
  xml: () => other('an XML document'),
  json: () => other('a JSON document', 'the answer of a server was stored in place of the certificate: look into it'),
  'ssh-public-key': () => other('an SSH public key', 'SSH keys have SSHFP records, not TLSA: name the TLS certificate'),
  openpgp: () => other('an OpenPGP block'),
  'bind-private-key': () => other('a DNSSEC private key'),
  hex: (file) => other('a hexadecimal dump of DER', `xxd -r -p ${file} | openssl x509 -inform DER -out chain.pem`),
  'bare-base64': (file) =>
    unreadable('Base64 without its BEGIN and END lines', `base64 -d ${file} | openssl x509 -inform DER -out chain.pem`),
  'base64-of-pem': (file) =>
    unreadable('PEM text that was encoded in Base64 once more', `base64 -d ${file} > chain.pem`),
  pem: (file) =>
    other(
      'PEM text that was encoded in PEM once more',
      `decode the outer one: grep -v -- ----- ${file} | base64 -d > chain.pem`,
    ),
  'bad-boundary': () =>
    unreadable(
      'a text whose BEGIN line is not written as PEM wants it',
      'it must be exactly five hyphens, BEGIN, a space, the label in capital letters and five hyphens, such as -----BEGIN CERTIFICATE-----, with nothing but spaces before it',
    ),
  gzip: (file) => other('a gzip archive', `gunzip -c ${file} > chain.pem`),
  zip: (file) => other('a ZIP archive', `unzip ${file}`),
  'java-keystore': (file) =>
    other('a Java key store', `keytool -exportcert -rfc -keystore ${file} -alias NAME -file chain.pem`),
  pdf: () => other('a PDF document'),
  text: () => other('a text without any PEM block'),
  binary: () => other('binary data that is no DER'),
};

/** `form`: whether the octets came in a PEM block or stand bare in the file. */
export function refusalOf(content: Content, file: string, form: Form): Refusal {
  return table[content](shellWord(file), form);
}

function other(found: string, hint?: string): Refusal {
  return { kind: 'other', found, hint };
}

function unreadable(found: string, hint?: string): Refusal {
  return { kind: 'unreadable', found, hint };
}

function inform(form: Form): string {
  return form === 'der' ? ' -inform DER' : '';
}

/** A file name as one word of a POSIX shell. */
export function shellWord(file: string): string {
  const safe = file.startsWith('-') ? `./${file}` : file;
  return /^[A-Za-z0-9_./@%+=:,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
