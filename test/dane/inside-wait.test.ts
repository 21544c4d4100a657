import { describe, expect, test } from 'vitest';
import { judged, leaf } from '../judge/judged.ts';

/** Every certificate of the vectors ends here. */
const end = Date.UTC(2120, 0, 1) / 1000;
const minute = 60;

/** zone-propagation-delay 1h and twice the TTL of 15m: the wait is 90 minutes. */
function said(next: string, at: number, more = ''): string[] {
  const yaml = `certificates: {mx1: {chain: certs/mx1.pem${next === '' ? '' : ', next: certs/next.pem'}}}
hosts:
  mx1.example.test:
    addresses: [192.0.2.25]
    services: {smtp: mx1}
${more}domains:
  example.test: {nameservers: [ns1.example.net, ns2.example.net]}
`;
  const files = next === '' ? leaf : { ...leaf, 'certs/next.pem': `@made/${next}` };
  return judged(yaml, files, at)
    .problems.filter(({ rule }) => rule === 'cert/expires-inside-wait')
    .map(({ message, position }) => `${/the (next|current)/.exec(message)?.[1]} ${position?.line}`);
}

describe('a certificate that expires while the next key waits for its record', () => {
  test('is said from the moment on at which the wait ends later', () => {
    expect(said('leaf-next-key.pem', end - 90 * minute)).toEqual([]);
    expect(said('leaf-next-key.pem', end - 90 * minute + 1)).toEqual(['next 1']);
  });

  test('is the current one where the next has no certificate yet', () => {
    expect(said('rsa2048.pkcs1.pub.pem', end - 80 * minute)).toEqual(['current 1']);
  });

  test('is no matter where no new key waits', () => {
    expect(said('', end - 80 * minute)).toEqual([]);
    expect(said('leaf-renewed.pem', end - 80 * minute)).toEqual([]);
  });

  test('is no longer said once it has expired: that has rules of its own', () => {
    expect(said('leaf-next-key.pem', end + 1)).toEqual([]);
  });

  test('waits for the negative TTL where that is longer than the TTL of the records', () => {
    expect(said('leaf-next-key.pem', end - 65 * minute, '    ttl: 1m\n')).toEqual(['next 1']);
    expect(said('leaf-next-key.pem', end - 71 * minute, '    ttl: 1m\n')).toEqual([]);
  });
});
