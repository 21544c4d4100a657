/** Certificates made by openssl in a folder, for tests that ask openssl what it thinks of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Octets } from '../../src/text/octets.ts';
import { type Certificate, readCertificate } from '../../src/x509/certificate.ts';
import { must } from '../e2e/programs.ts';

export interface Wanted {
  readonly subject: string;
  /** Names of other certificates of the folder; default: itself. */
  readonly issuer?: string;
  /** Name of the key; default: that of the certificate. */
  readonly key?: string;
  readonly kind?: 'ec' | 'rsa' | 'ed25519';
  /** From now on; default 30. */
  readonly days?: number;
  /** Lines of an openssl extension section. */
  readonly extensions?: readonly string[];
}

const keyOptions = {
  ec: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ed25519: ['ED25519'],
} as const;

export class Authority {
  private serial = 1;
  private readonly keys = new Set<string>();
  private readonly certificates = new Map<string, Certificate>();
  private readonly keyNames = new Map<string, string>();

  constructor(private readonly folder: string) {}

  path(file: string): string {
    return join(this.folder, file);
  }

  /** Makes the certificate `name`. */
  make(name: string, wanted: Wanted): Certificate {
    const { issuer = name, key = name, kind = 'ec', days = 30, extensions = [] } = wanted;
    if (!this.keys.has(key))
      must('openssl', ['genpkey', '-algorithm', ...keyOptions[kind], '-out', this.path(`${key}.key`)]);
    this.keys.add(key);
    this.keyNames.set(name, key);
    const request = must('openssl', ['req', '-new', '-key', this.path(`${key}.key`), '-subj', wanted.subject]);
    writeFileSync(this.path('extensions'), `[x]\n${extensions.join('\n')}\n`);
    const signer =
      issuer === name
        ? ['-key', this.path(`${key}.key`)]
        : ['-CA', this.path(`${issuer}.pem`), '-CAkey', this.path(`${this.keyNames.get(issuer)}.key`)];
    const options = [
      '-set_serial',
      String(this.serial++),
      '-days',
      String(days),
      '-extfile',
      this.path('extensions'),
      '-extensions',
      'x',
    ];
    const pem = must('openssl', ['x509', '-req', ...signer, ...options], { input: request });
    writeFileSync(this.path(`${name}.pem`), pem);
    const certificate = readCertificate(derOf(pem));
    if ('offset' in certificate) throw new Error(`${name} ${certificate.message}`);
    this.certificates.set(name, certificate);
    return certificate;
  }

  get(name: string): Certificate {
    const found = this.certificates.get(name);
    if (found === undefined) throw new Error(`there is no certificate ${name}`);
    return found;
  }

  keyFile(name: string): string {
    return this.path(`${this.keyNames.get(name)}.key`);
  }

  /** A file with these certificates in this order. */
  bundle(names: readonly string[]): string {
    const file = this.path(`${names.join('+') || 'none'}.bundle`);
    writeFileSync(file, names.map((name) => readFileSync(this.path(`${name}.pem`), 'utf8')).join(''));
    return file;
  }
}

function derOf(pem: string): Octets {
  return Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64');
}
