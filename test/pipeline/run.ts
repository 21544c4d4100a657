/** Commands on a repository in memory. */
import { readFileSync } from 'node:fs';
import { commands } from '../../src/cli/commands.ts';
import { runSafely } from '../../src/cli/safely.ts';
import type { Host } from '../../src/host/host.ts';
import { type MemoryHost, memoryHost } from '../../src/host/memory.ts';

export const noon = Date.UTC(2026, 5, 1, 12) / 1000;

const certificate = (name: string) => readFileSync(new URL(`../vectors/certs/made/${name}`, import.meta.url), 'utf8');

/** A parent, its signed child, a domain that shares the mail host. */
export const description = `
nameserver-sets: {ours: [ns1.example.org, ns2.example.net]}
certificates:
  mx1: {chain: certs/p256.pem}
hosts:
  ns1.example.org: {addresses: [192.0.2.1]}
  ns2.example.net: {addresses: [192.0.2.2]}
  mx1.example.org: {addresses: [192.0.2.25, '2001:db8::25'], services: {smtp: [mx1]}}
`;

export const org = `
domains:
  example.org:
    nameservers: ours
    mail: [{host: mx1.example.org, preference: 10}]
    records:
      www: {CNAME: mx1.example.org}
      lab: {NS: [ns1.example.org, ns2.example.net], DS: from-child}
  lab.example.org: {nameservers: ours, records: {'@': {TXT: 'the lab'}}}
`;

export const net = `
domains:
  example.net: {nameservers: ours, mail: [{host: mx1.example.org}]}
`;

export const files = {
  '/infra/zones/common.yaml': description,
  '/infra/zones/org.yaml': org,
  '/infra/zones/net.yaml': net,
  '/infra/zones/certs/p256.pem': certificate('p256.pem'),
  '/infra/zones/certs/p384.pem': certificate('p384.pem'),
};

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function danezone(host: MemoryHost, ...argv: string[]): Promise<Ran> {
  const [out, err] = [host.out.length, host.err.length];
  const status = await runSafely(host, '0.0.0-test', commands, [...argv, '--root', '/infra']);
  return { status, out: host.out.slice(out), err: host.err.slice(err) };
}

/** When `inService` ends. */
export const settled = noon + 2 * 86400;

/** After the first build: everything published, the certificate in service, and the DS of every zone in its parent, two days later. */
export async function inService(host: MemoryHost): Promise<void> {
  const all = ['example.net', 'example.org', 'lab.example.org'];
  await danezone(host, 'confirm', 'published', '--all');
  await danezone(host, 'confirm', 'cert-served', 'mx1.example.org');
  host.setTime(settled);
  for (const argv of [['build'], ['confirm', 'published', '--all'], ['confirm', 'ds-seen', ...all], ['build']]) {
    const ran = await danezone(host, ...argv);
    if (ran.status !== 0) throw new Error(`danezone ${argv.join(' ')} ended with ${ran.status}: ${ran.err}`);
  }
}

export function repository(changes: Record<string, string> = {}, now = noon): MemoryHost {
  return memoryHost({ files: { ...files, ...changes }, now, workingFolder: '/infra' });
}

export function text(host: Host, path: string): string {
  return Buffer.from(host.files.read(path)).toString('utf8');
}

/** Every file below a folder with its content. */
export function tree(host: Host, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of host.files.list(folder)) {
    const path = `${folder}/${name}`;
    if (host.files.facts(path)?.kind === 'folder') for (const [at, content] of tree(host, path)) found.set(at, content);
    else found.set(path, text(host, path));
  }
  return found;
}

/** Records of a zone file as `owner type rdata` without DNSSEC's. */
export function records(zone: string): string[] {
  return zone
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, , , type]) => !['RRSIG', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'DNSKEY', 'CDS', 'CDNSKEY'].includes(type))
    .map(([owner, , , type, rdata]) => `${owner} ${type} ${rdata}`);
}

export function serial(zone: string): number {
  return Number(/\tSOA\t\S+ \S+ ([0-9]+) /.exec(zone)?.[1]);
}
