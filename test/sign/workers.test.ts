import { expect, test } from 'vitest';
import { workerThreads } from '../../src/host/workers.ts';
import type { SigningInput } from '../../src/sign/sign.ts';
import { bundled } from '../host/bundled.ts';
import { readKey, sign, withKey, zoneOf } from './support.ts';

const csk = readKey('signed/keys/Kzone.test.+013+17325');

/** Owner names of which every tenth is a delegation. */
function largeZone(count: number): string {
  const lines = ['$TTL 3600', '@ SOA ns1 host 1 3600 600 86400 300', '@ NS ns1', 'ns1 A 192.0.2.1'];
  for (let i = 0; i < count; i++) {
    const label = ((i * 7919) % (count + 11)).toString(36);
    if (i % 10 === 0) lines.push(`${label} NS ns.${label}`, `ns.${label} A 192.0.2.${i % 250}`);
    else lines.push(`${label} A 192.0.2.${i % 250}`);
    if (i % 20 === 0) lines.push(`${label} DS 1 13 2 ${'0'.repeat(64)}`);
  }
  return `${lines.join('\n')}\n`;
}

const variants: readonly [string, number, Partial<SigningInput>][] = [
  ['NSEC', 20_000, { denial: { kind: 'nsec' } }],
  [
    'NSEC3 with opt-out and ZONEMD, serial by content',
    5000,
    {
      denial: { kind: 'nsec3', optOut: true, iterations: 0, salt: '' },
      zonemd: ['sha384'],
      serial: (digest) => Number.parseInt(digest.slice(0, 8), 16),
    },
  ],
];

test.each(variants)('two workers sign as one process does, octet for octet: %s, %i names', async (_, count, more) => {
  const input = withKey(zoneOf(largeZone(count), 'zone.test.'), csk, { ...more, checkSignatures: 'none' });
  const workers = workerThreads(bundled('src/host/worker.ts'), 2);
  try {
    const [parallel, alone] = [await sign(input, workers), await sign(input)];
    expect(parallel.text.length).toBeGreaterThan(1_000_000);
    expect(parallel.text === alone.text).toBe(true);
    expect(parallel.summary).toEqual(alone.summary);
  } finally {
    await workers.close();
  }
});
