import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { runSafely } from '../../src/cli/safely.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { danezone, org, repository } from '../pipeline/run.ts';

/** Whoever publishes the problems of a run reads standard output, and nothing but the report may stand there. */
const reports = ['github', 'sarif', 'junit'];

function looksLike(format: string, out: string): void {
  if (format === 'sarif') expect(JSON.parse(out).version).toBe('2.1.0');
  else if (format === 'junit') expect(out).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/);
  else expect(out).toMatch(/^(?:::(?:error|warning|notice) [^\n]*\n)*$/);
}

describe.each(reports)('--format %s', (format) => {
  test('build: the report and nothing else, the status of the build', async () => {
    const good = await danezone(repository(), 'build', '--format', format);
    expect([good.status, good.err]).toEqual([0, '']);
    looksLike(format, good.out);
    const broken = repository({ '/infra/zones/org.yaml': org.replace('10', 'ten') });
    const { status, out } = await danezone(broken, 'build', '--format', format);
    expect(status).not.toBe(0);
    expect(out).toContain('describe/wrong-type');
    looksLike(format, out);
  });

  test('verify: all files in one report, the status of the worst', async () => {
    const zone = readFileSync(new URL('../vectors/signed/bind-nsec.zone', import.meta.url), 'latin1');
    const bad = zone.replace(/^mx1\.zone\.test\..*RRSIG\tA 13 .*\n/im, '');
    const host = memoryHost({
      files: { '/infra/good.zone': zone, '/infra/sub/bad.zone': bad },
      now: Date.UTC(2026, 5, 1) / 1000,
      workingFolder: '/infra',
    });
    const args = ['good.zone', 'sub/bad.zone', 'none.zone', '--format', format];
    expect(await runSafely(host, '0', commands, ['verify', ...args])).toBe(3);
    looksLike(format, host.out);
    expect(host.out).toContain('sign/missing-signature');
    expect(host.out).toContain('sub/bad.zone');
    expect(host.err).toMatch(/^none\.zone: unreadable: [^\n]*\n$/);
  });
});
