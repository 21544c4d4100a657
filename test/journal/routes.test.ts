/** What leads senders to hosts with TLSA records, from build to build. */
import { describe, expect, test } from 'vitest';
import { readMaster } from '../../src/dns/master-reader.ts';
import { name } from '../../src/dns/name.ts';
import { Type, typeName } from '../../src/dns/type.ts';
import { builtZone } from '../../src/journal/built-zone.ts';
import { withPublished } from '../../src/journal/evidence.ts';
import { type Journal, newJournal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { printJournal } from '../../src/journal/print.ts';
import { withoutForgotten } from '../../src/journal/trim.ts';
import { restarted } from '../../src/journal/trust.ts';
import { withBuilt } from '../../src/journal/with-built.ts';
import { newReport } from '../../src/text/problem.ts';

const apex = name('example.org.');
const mx = name('mx.example.org.');
const far = name('mx.example.net.');
const t0 = 1_767_225_600; // 2026-01-01
const day = 86_400;

const head = (serial: number) =>
  `example.org. 7200 SOA ns.example.org. h.example.org. ${serial} 1800 600 604800 300\nexample.org. NS ns.example.org.\n`;
const tlsa = `_25._tcp.mx 900 TLSA 3 1 1 ${'ab'.repeat(32)}\n`;
const host = 'mx 1800 A 192.0.2.1\nmx 1800 A 192.0.2.2\nmx 600 AAAA 2001:db8::1\nwww A 192.0.2.3\n';
const mail = '@ 3600 MX 10 mx\n@ 3600 MX 20 MX.example.net.\nlists 7200 MX 10 mx\nother 9000 MX 5 mx.example.com.\n';

function built(serial: number, text: string, hosts = [far]) {
  const zone = readMaster({ file: 'x.zone', octets: Buffer.from(head(serial) + text), origin: apex }, newReport());
  if (zone === undefined) throw new Error(text);
  return builtZone(zone, { serialPolicy: 'counter', contentDigest: `0${serial}`, parentDs: [], hosts }, t0);
}
const shown = ({ routes }: Pick<Journal, 'routes'>) =>
  routes.map(({ owner, type, versions }) => [
    owner,
    typeName(type),
    ...versions.map(({ records, ttl }) => `${records.length} ${ttl}`),
  ]);

describe('the routes of a build', () => {
  const first = withBuilt(newJournal(apex, t0), built(1, tlsa + host + mail), t0);

  test('are the addresses of hosts with TLSA records, and the MX records that name them, as one', () => {
    expect(shown(first)).toEqual([
      ['mx.example.net.', 'MX', '1 3600'],
      ['mx.example.org.', 'A', '2 1800'],
      ['mx.example.org.', 'MX', '1 7200'],
      ['mx.example.org.', 'AAAA', '1 600'],
    ]);
    // Preference 10, and the exchange in lower case: two RRsets say the same.
    expect(first.routes[2].versions[0].records).toEqual(['000a026d78076578616d706c65036f726700']);
  });

  test('end when the zone has them no longer, and begin no version when nothing moves', () => {
    const hosts = [far, mx];
    const gone = withBuilt(first, built(2, `mx 1800 A 192.0.2.2\n${mail}`, hosts), t0 + day);
    expect(shown(gone)).toEqual([
      ['mx.example.net.', 'MX', '1 3600'],
      ['mx.example.org.', 'A', '2 1800', '1 1800'],
      ['mx.example.org.', 'MX', '1 7200'],
      ['mx.example.org.', 'AAAA', '1 600', '0 0'],
    ]);
    expect(withBuilt(gone, built(2, `mx 1800 A 192.0.2.2\n${mail}`, hosts), t0 + 2 * day)).toBe(gone);
  });

  test('are published and gone with the serials, as everything else', () => {
    const seen = withPublished(first, { serial: 1, at: t0 + 60, by: 'ann', servers: [] }).journal!;
    const gone = withBuilt(seen, built(2, '', [mx]), t0 + day);
    const after = withPublished(gone, { serial: 2, at: t0 + day + 60, by: 'ann', servers: [] }).journal!;
    const a = after.routes.find(({ type }) => type === Type.A)!;
    expect(a.versions.map(({ service }) => service)).toMatchObject([
      { state: 'gone', from: t0 + 60, until: t0 + day + 60 },
      { state: 'published', from: t0 + day + 60 },
    ]);
    expect(withoutForgotten(after, t0 + 30 * day, { kind: 'evidence' }).routes).toHaveLength(4);
    expect(withoutForgotten(after, t0 + 400 * day, { kind: 'evidence' }).routes).toEqual([]);
  });

  test('stay in the file, which is as it was where there are none', () => {
    const read = (journal: Journal) => parseJournal('j', printJournal(journal), apex, newReport());
    expect(read(first)).toEqual(first);
    const none = withBuilt(newJournal(apex, t0), built(1, host, []), t0);
    expect(JSON.parse(Buffer.from(printJournal(none)).toString())).not.toHaveProperty('routes');
    expect(read(none)).toEqual(none);
  });

  test('are unseen after the journal was lost', () => {
    const seen = withPublished(first, { serial: 1, at: t0 + 60, by: 'ann', servers: [] }).journal!;
    const again = restarted(seen, apex, undefined, t0 + day);
    expect(again.routes.flatMap(({ versions }) => versions.map(({ service }) => service.state))).toEqual(
      Array(4).fill('unseen'),
    );
  });
});
