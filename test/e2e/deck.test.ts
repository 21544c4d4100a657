/**
 * The failure matrix (test/deck) before a real Postfix: danezone builds the zones, or where it refuses to, they are what the
 * operator would have published without it; NSD serves them, Unbound validates them from a signed root, and Postfix, which
 * wants DANE, delivers or does not.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { zoneText } from '../../src/dns/master-writer.ts';
import type { Name } from '../../src/dns/name.ts';
import { realFiles } from '../../src/host/real-files.ts';
import { compileAll } from '../../src/pipeline/compile.ts';
import { isSigned, readRepository } from '../../src/pipeline/repository.ts';
import { newReport } from '../../src/text/problem.ts';
import { type Case, deck } from '../deck/matrix.ts';
import type { DelegatedZone } from './internet.ts';
import { canMail, type Mail, openMail, outcome } from './postfix.ts';
import { danezone, must, repository, run, temporaryFolder } from './programs.ts';

const vectors = join(repository, 'test/vectors/certs/made');
/** Of mx1.example.test in every case. */
const address = '192.0.2.25';
const nameservers = ['ns1.example.net.', 'ns2.example.net.'];

describe.skipIf(!canMail())('Postfix does with the failure matrix what the matrix says', () => {
  let mail: Mail;
  let folder: ReturnType<typeof temporaryFolder>;
  beforeAll(async () => {
    mail = await openMail([{ address, name: 'mx1.example.test' }]);
  });
  afterAll(() => mail?.close());
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** The message is the next one to the domain. */
  let messages = 0;
  const send = (domain: string) => mail.send(`message-${++messages}@${domain}`);
  const serve = (zones: readonly DelegatedZone[], clock?: number) => mail.names.serve(zones, { nameservers, clock });
  const show = (chain: string) => mail.present(address, keyOf(chain), chain);

  test.each(Object.entries(deck))('%s', async (name, of) => {
    copyCase(name);
    await serve(of.isRefused ? publishedByHand(of) : built());
    show(chainOf(of));
    const delivery = await send(of.domain);
    expect([outcome(delivery), delivery.relay]).toEqual([of.postfix, `mx1.example.test[${address}]:25`]);
  });

  test('a renewal for the same key changes nothing: the record stays Verified from one certificate to the next', async () => {
    copyCase('renewal-with-the-same-key');
    await serve(built());
    const seen: string[] = [];
    for (const file of ['before.pem', 'zones/certs/mx1.pem']) {
      show(readFileSync(join(folder.path, file), 'utf8'));
      seen.push(outcome(await send('example.test')));
    }
    expect(seen).toEqual(['Verified', 'Verified']);
  });

  test('the remedy of a missing root: with the root in the chain the same record is Verified', async () => {
    copyCase('root-missing-from-chain-test-root');
    const chain = readFileSync(join(vectors, 'chain.pem'), 'utf8');
    writeFileSync(join(folder.path, 'zones/certs/fullchain.pem'), chain);
    await serve(built());
    show(chain);
    expect(outcome(await send('example.test'))).toBe('Verified');
  });

  test('the remedy of a wrong digit is heard at once: no process of Postfix remembers the record', async () => {
    copyCase('one-wrong-digit');
    const of = deck['one-wrong-digit'];
    await serve(publishedByHand(of));
    show(chainOf(of));
    const before = outcome(await send('example.test'));
    copyCase('good');
    await serve(built());
    expect([before, outcome(await send('example.test'))]).toEqual([of.postfix, 'Verified']);
  });

  test('a wrong certificate of a host under an unsigned mail domain is refused all the same', async () => {
    copyCase('mx-domain-unsigned');
    await serve(built());
    show(chainOf({ ...deck['mx-domain-unsigned'], shows: 'leaf-next-key.pem' }));
    expect(outcome(await send('example.org'))).toBe(deck['one-wrong-digit'].postfix);
  });

  test('a signature of the TLSA record that fails defers the mail, and is not taken for a missing record', async () => {
    copyCase('good');
    const [zone, ...others] = built();
    const text = readFileSync(zone.file, 'utf8');
    const broken = text.replace(/(\tRRSIG\tTLSA [^\n]* )(\S)(\S+\n)/, (_, head, digit, tail) =>
      [head, digit === 'A' ? 'B' : 'A', tail].join(''),
    );
    expect(broken).not.toBe(text);
    writeFileSync(zone.file, broken);
    await serve([zone, ...others]);
    show(chainOf(deck.good));
    const delivery = await send('example.test');
    expect([delivery.status, delivery.tls]).toEqual(['deferred', undefined]);
    expect(delivery.reason).toMatch(/^TLSA lookup error for mx1\.example\.test:25/);
  });

  test('when the signatures of a zone have run out, its mail waits', async () => {
    copyCase('good');
    const zones = built();
    show(chainOf(deck.good));
    const day = 86_400;
    const now = Math.floor(Date.now() / 1000);
    const seen: (string | undefined)[] = [];
    for (const days of [1, 60]) {
      await serve(zones, now + days * day);
      const { status, tls } = await send('example.test');
      seen.push(`${status} ${tls}`);
    }
    expect(seen).toEqual(['sent Verified', 'deferred undefined']);
    // The records are there, for whoever does not look at signatures.
    expect(mail.names.dig('example.test', 'MX')).toContain('status: SERVFAIL');
    expect(mail.names.dig('+cd', '+short', 'example.test', 'MX')).toContain('10 mx1.example.test.');
  });

  /** The description of a case, in place of that of the last. */
  function copyCase(name: string): void {
    folder.remove();
    cpSync(join(repository, 'test/deck', name), folder.path, { recursive: true });
  }

  function chainOf({ shows }: Case): string {
    if (shows !== undefined) return readFileSync(join(vectors, shows), 'utf8');
    const certificates = join(folder.path, 'zones/certs');
    const file = ['mx1.pem', 'fullchain.pem'].find((name) => existsSync(join(certificates, name)));
    return readFileSync(join(certificates, file ?? ''), 'utf8');
  }

  function built(): DelegatedZone[] {
    must(process.execPath, [danezone, 'build', '--root', folder.path]);
    const ds = must(process.execPath, [danezone, 'ds', '--root', folder.path, '--from-keys']).trim().split('\n');
    return readdirSync(join(folder.path, 'build'))
      .filter((file) => file.endsWith('.zone'))
      .map((file) => {
        const name = file.replace(/zone$/, '');
        return {
          name,
          file: join(folder.path, 'build', file),
          ds: ds.filter((line) => line.startsWith(`${name}\t`)),
        };
      });
  }

  /** danezone builds nothing of a zone with errors. Other tools do: what the description says, signed with `danezone sign`. */
  function publishedByHand({ byHand }: Case): DelegatedZone[] {
    const { status } = run(process.execPath, [danezone, 'build', '--root', folder.path]);
    expect([1, 4]).toContain(status);
    const own = join(folder.path, 'by-hand');
    mkdirSync(own);
    const ignored = newReport();
    const all = readRepository(realFiles, folder.path, [], ignored);
    const { domains } = all.description;
    const zones = [...compileAll(all, new Map(), ignored)].map(([name, { candidate }]) => {
      if (candidate === undefined) throw new Error(`${name} cannot be made in spite of its errors`);
      const file = join(own, `${name}plain`);
      writeFileSync(file, zoneText(candidate));
      const domain = domains.get(name);
      return { name, file, isSigned: domain !== undefined && isSigned(domain) };
    });
    const absent = zones.filter(({ name }) => !existsSync(join(folder.path, 'build', `${name}zone`)));
    expect(absent.length).toBeGreaterThan(0);
    if (byHand !== undefined) {
      const file = join(folder.path, 'zones', byHand.file);
      const fields = ['--usage', byHand.usage, '--selector', byHand.selector, '--host', 'mx1.example.test'];
      appendFileSync(zones[0].file, must(process.execPath, [danezone, 'tlsa', file, ...fields, '--service', 'smtp']));
    }
    return zones.map(({ name, file, isSigned: signs }) => {
      const isDelegatedBelow = zones.some((other) => other.name !== name && name.endsWith(`.${other.name}`));
      return signs ? signedByHand(name, file, isDelegatedBelow) : { name, file, ds: [], isDelegatedBelow };
    });
  }

  function signedByHand(name: Name, plain: string, isDelegatedBelow: boolean): DelegatedZone {
    const [keys, file] = [`${plain}-keys`, `${plain}-signed`];
    const said = must(process.execPath, [danezone, 'keys', 'generate', name, '--keys', keys]);
    must(process.execPath, [danezone, 'sign', plain, '--origin', name, '--keys', keys, '-o', file]);
    const ds = said.split('\n').filter((line) => / IN DS \d/.test(line));
    return { name, file, ds: ds.map((line) => line.trim()), isDelegatedBelow };
  }
});

/** The private key of a leaf of the vectors. */
function keyOf(chain: string): string {
  const { publicKey } = new X509Certificate(chain);
  const found = readdirSync(vectors)
    .filter((file) => /^test-only-leaf.*\.key\.pem$/.test(file))
    .map((file) => readFileSync(join(vectors, file), 'utf8'))
    .find((key) => createPublicKey(createPrivateKey(key)).equals(publicKey));
  if (found === undefined) throw new Error('no private key for this chain');
  return found;
}
