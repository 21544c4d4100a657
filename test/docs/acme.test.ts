/** The scripts of docs/acme with stand-ins for every command that they call: what is switched, and when. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const scripts = join(import.meta.dirname, '../../docs/acme');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acme-'));
  for (const name of ['bin', 'issued', 'conf']) mkdirSync(join(folder, name));
  // What it says is in a file; what it was asked goes to another.
  command(
    'danezone',
    `echo "$@" >> ${folder}/asked; cat "$6" > ${folder}/judged 2>/dev/null; exit "$(cat ${folder}/ready)"`,
  );
  command('openssl', 'case "$1" in x509) sed "s/chain/key/" "$3";; pkey) cat "$3";; esac');
  command('reload', `echo reload >> ${folder}/reloads; exit "$(cat ${folder}/reload-status 2>/dev/null || echo 0)"`);
  issue('one');
  ready(0);
  write(
    'conf/mx1.conf',
    `HOST=mx1.example.org SERVICE=smtp CHAIN=${folder}/issued/chain KEY=${folder}/issued/key ACTIVE=${folder}/active RELOAD=reload NEXT=${folder}/next.pem OFFER='echo offered > ${folder}/offered'\n`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const read = (path: string) => {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch {
    return undefined;
  }
};
function command(name: string, body: string) {
  write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}
function issue(name: string) {
  write('issued/chain', `chain ${name}\n`);
  write('issued/key', `key ${name}\n`);
}
const ready = (status: number) => write('ready', `${status}`);
function run(script: string, environment: Record<string, string> = {}) {
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, DANEZONE_ACME: `${folder}/conf`, ...environment };
  return spawnSync('sh', [join(scripts, script), 'mx1'], { env, encoding: 'utf8' });
}
const activate = () => run('danezone-activate').status;

test.each(['danezone-activate', 'danezone-offer'])('%s is a shell script', (script) => {
  expect(spawnSync('sh', ['-n', join(scripts, script)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

describe('danezone-activate', () => {
  test('switches chain and key together when ready says go, and reloads once', () => {
    expect(activate()).toBe(0);
    expect([read('active/fullchain.pem'), read('active/privkey.pem')]).toEqual(['chain one\n', 'key one\n']);
    expect(read('asked')).toMatch(/^ready mx1\.example\.org --service smtp --certificate \S+fullchain\.pem\n$/);
    expect(read('judged')).toBe('chain one\n');
    expect(activate()).toBe(0);
    expect(read('reloads')).toBe('reload\n');
  });

  test.each([
    [10, 0],
    [20, 20],
    [1, 1],
    [2, 1],
    [70, 1],
  ])('switches nothing when ready ends with %i', (status, expected) => {
    activate();
    issue('two');
    ready(status);
    expect(activate()).toBe(expected);
    expect([read('active/fullchain.pem'), read('active/privkey.pem')]).toEqual(['chain one\n', 'key one\n']);
    expect(read('reloads')).toBe('reload\n');
    ready(0);
    expect(activate()).toBe(0);
    expect(read('active/fullchain.pem')).toBe('chain two\n');
    expect(read('reloads')).toBe('reload\nreload\n');
  });

  test('leaves one copy of a key on the disk, whatever happened before', () => {
    activate();
    issue('two');
    ready(10);
    activate();
    ready(0);
    activate();
    expect(readdirSync(join(folder, 'active.d'))).toHaveLength(1);
  });

  test('refuses a key that is not that of the certificate, and asks nobody', () => {
    write('issued/key', 'key other\n');
    expect(activate()).toBe(1);
    expect([read('asked'), read('active/fullchain.pem')]).toEqual([undefined, undefined]);
  });

  test('tells what follows a switch, once, and fails aloud when that fails; the switch stays', () => {
    const conf = read('conf/mx1.conf') ?? '';
    write(
      'conf/mx1.conf',
      `${conf}AFTER='echo after >> ${folder}/afters; exit "$(cat ${folder}/after-status 2>/dev/null || echo 0)"'\n`,
    );
    expect([activate(), activate()]).toEqual([0, 0]);
    expect(read('afters')).toBe('after\n');
    issue('two');
    write('after-status', '3');
    expect(activate()).toBe(1);
    expect([read('active/fullchain.pem'), read('afters')]).toEqual(['chain two\n', 'after\nafter\n']);
  });

  test('goes back to the certificate before when the reload fails', () => {
    activate();
    issue('two');
    write('reload-status', '1');
    expect(activate()).toBe(1);
    expect([read('active/fullchain.pem'), read('active/privkey.pem')]).toEqual(['chain one\n', 'key one\n']);
  });
});

describe('danezone-offer', () => {
  test.each([
    ['certbot', () => ({ RENEWED_LINEAGE: `${folder}/lineage` })],
    ['lego', () => ({ LEGO_CERT_PATH: `${folder}/lineage/fullchain.pem` })],
    ['acme.sh', () => ({ CERT_FULLCHAIN_PATH: `${folder}/lineage/fullchain.pem` })],
  ])('as a hook of %s, puts the public chain beside the description and switches nothing', (_, environment) => {
    mkdirSync(join(folder, 'lineage'));
    write('lineage/fullchain.pem', 'chain renewed\n');
    expect(run('danezone-offer', environment()).status).toBe(0);
    expect([read('next.pem'), read('offered'), read('reloads')]).toEqual(['chain renewed\n', 'offered\n', undefined]);
  });

  test('offers no file with a private key', () => {
    write('issued/chain', '-----BEGIN PRIVATE KEY-----\n');
    expect(run('danezone-offer').status).toBe(1);
    expect([read('next.pem'), read('offered')]).toEqual([undefined, undefined]);
  });
});

test('every file of the folder is named on the page, and the page names no other', () => {
  const page = readFileSync(join(scripts, '../acme.md'), 'utf8');
  const linked = [...page.matchAll(/\]\(acme\/([^)]+)\)/g)].map(([, name]) => name);
  expect([...linked].sort()).toEqual(readdirSync(scripts).sort());
});

test('the unit may write where the page has the active copy: below /etc', () => {
  const unit = readFileSync(join(scripts, 'danezone-activate@.service'), 'utf8');
  // systemd.exec(5): full and strict make /etc read-only, yes only /usr and the boot loader.
  expect(/^ProtectSystem=(.*)$/m.exec(unit)?.[1]).toBe('yes');
});
