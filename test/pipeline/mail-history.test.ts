import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { name } from '../../src/dns/name.ts';
import { memoryHost } from '../../src/host/memory.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { parseJournal } from '../../src/journal/parse.ts';
import { mailHistory } from '../../src/pipeline/mail-history.ts';
import { readRepository } from '../../src/pipeline/repository.ts';
import { newReport } from '../../src/text/problem.ts';
import { filesBelow } from './fixtures.ts';

const now = Date.UTC(2026, 10, 22) / 1000;
const day = 86_400;
/** SPKI digests of made/leaf.pem and of made/leaf-next-key.pem. */
const old = '7a01657435b12ad19439da1cf11c15fde14bd24abcc2d42dd715a8f07b71d6f7';

function historyOf(fixture: string, more: (journal: Journal) => Journal = (journal) => journal) {
  const folder = join(import.meta.dirname, '../rules/rollover', fixture);
  const read = filesBelow(folder).map((file) => [`/infra/${file}`, readFileSync(join(folder, file))] as const);
  const { files } = memoryHost({ files: Object.fromEntries(read) });
  const repository = readRepository(files, '/infra', ['/infra/keys'], newReport());
  const octets = files.read('/infra/keys/example.test/journal.json');
  const journal = more(parseJournal('journal.json', octets, name('example.test'), newReport()) as Journal);
  return mailHistory(repository, () => journal, now).services;
}

test('a staged certificate that nobody saw may be met from now on, beside the one that was seen last', () => {
  const [service] = historyOf('deployed-too-early/bad');
  expect(service).toMatchObject({ host: 'mx1.example.test.', port: 25, owner: '_25._tcp.mx1.example.test.' });
  expect(service.deployments.map(({ from, until, chain }) => [from, until, chain[0].spki.sha256 === old])).toEqual([
    [now, undefined, false],
    [now - 40 * day, undefined, true],
  ]);
});

test('a certificate that is known to be served is met alone, since it was seen', () => {
  const [service] = historyOf('next-not-published/bad');
  expect(service.deployments).toMatchObject([
    { certificate: 'mx1', algorithm: expect.stringMatching(/^ECDSA/), from: now - 40 * day },
  ]);
  expect(service.deployments[0].chain[0].spki.sha256).toBe(old);
  const { full, sha512 } = service.deployments[0].chain[0].certificate;
  expect(sha512).toBe(
    createHash('sha512')
      .update(Buffer.from(full ?? '', 'hex'))
      .digest('hex'),
  );
});

test('an observed certificate is met alone', () => {
  const [service] = historyOf('early-change-in-service/bad');
  expect(service.deployments.map(({ from, until }) => [from, until])).toEqual([[now, undefined]]);
});
