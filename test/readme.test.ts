import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands.ts';
import { danezone, repository } from './pipeline/run.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const example = (path: string) => readFileSync(join(import.meta.dirname, '../zones', path), 'utf8');

describe('README', () => {
  test('the description on one page builds without a problem', async () => {
    const page = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const host = repository({
      '/infra/zones/common.yaml': page,
      '/infra/zones/org.yaml': '{}',
      '/infra/zones/net.yaml': '{}',
      '/infra/zones/certs/mx1-ecdsa.pem': example('certs/mx1-ecdsa.pem'),
      '/infra/zones/certs/mx1-ecdsa.next.csr': example('certs/mx1-ecdsa.next.csr'),
      '/infra/zones/certs/mx1-rsa.pem': example('certs/mx1-rsa.pem'),
      '/infra/zones/lists/parked.txt': 'parked.example\n',
      '/infra/zones/legacy/example.com.zone':
        '$TTL 1h\n@ SOA ns1.example.org. hostmaster 7 1800 600 604800 300\n NS ns1.example.org.\n NS ns2.example.net.\n',
    });
    const ran = await danezone(host, 'build');
    // Information is allowed: the page borrows certificates that name other hosts, which DANE-EE does not look at.
    expect(ran.err).not.toMatch(/^(?:error|warning)\[/m);
    expect(ran.status).toBe(0);
    for (const zone of ['example.org', 'lab.example.org', 'example.net', 'example.com', 'parked.example']) {
      expect(host.files.facts(`/infra/build/${zone}.zone`)?.kind).toBe('file');
    }
  });

  test('every command stands in it', () => {
    for (const { name } of commands) expect(readme).toContain(name.split(' ').at(-1));
  });
});
