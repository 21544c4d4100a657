import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { keptFolder, temporaryFolder } from '../host/bundled.ts';

const built = keptFolder();
beforeAll(() => {
  const build = spawnSync(process.execPath, ['build.mjs', '--out', join(built.path, 'dist')], { encoding: 'utf8' });
  expect(build).toMatchObject({ status: 0, stderr: '' });
});
afterAll(built.remove);

/** A fresh copy of dist and an empty home. */
function installed() {
  const root = temporaryFolder();
  const dist = join(root, 'dist');
  const home = join(root, 'home');
  cpSync(join(built.path, 'dist'), dist, { recursive: true });
  mkdirSync(home);
  chmodSync(dist, 0o755);
  const run = (
    args: readonly string[],
    environment: Record<string, string> = {},
    entry = join(dist, 'danezone.js'),
  ) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
      encoding: 'utf8',
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, ...environment },
    });
    return { status, stdout, stderr };
  };
  const caches = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.cache'));
  return { root, dist, home, run, caches };
}

describe('dist', () => {
  test('is a loader that can be executed, a bundle and a worker; the bundles are one octet a character', () => {
    const dist = join(built.path, 'dist');
    expect(readdirSync(dist).filter((name) => name.endsWith('.js'))).toEqual([
      'danezone.js',
      'program.js',
      'worker.js',
    ]);
    expect(statSync(join(dist, 'danezone.js')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(dist, 'program.js')).every((octet) => octet < 0x80)).toBe(true);
  });

  test('answers --version and runs commands, also through a symbolic link as npm makes it', () => {
    const { dist, root, run } = installed();
    symlinkSync(join(dist, 'danezone.js'), join(root, 'danezone'));
    for (const entry of [join(dist, 'danezone.js'), join(root, 'danezone')]) {
      expect(run(['--version'], {}, entry)).toEqual({ status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
      expect(run(['-V', 'tlsa'], {}, entry)).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
      expect(run(['help'], {}, entry)).toMatchObject({ status: 0, stderr: '' });
      expect(run(['none'], {}, entry)).toMatchObject({ status: 2, stdout: '' });
    }
  });
});

describe('the code cache', () => {
  test('lies beside the bundle, and is written once', () => {
    const { dist, home, run, caches } = installed();
    const first = run(['help']);
    const [name, ...others] = caches(dist);
    expect(others).toEqual([]);
    expect(name).toContain(`-${process.version}-${process.arch}.cache`);
    const written = statSync(join(dist, name), { bigint: true }).mtimeNs;
    expect(run(['help'])).toEqual(first);
    expect(statSync(join(dist, name), { bigint: true }).mtimeNs).toBe(written);
    expect(readdirSync(home)).toEqual([]);
  });

  test('of another bundle, even of the same length, is not taken', () => {
    const { dist, run, caches } = installed();
    run(['help']);
    const bundle = join(dist, 'program.js');
    const text = readFileSync(bundle, 'latin1');
    writeFileSync(bundle, text.replace('DNSSEC-signed zones', 'DNSSEC-signed ZONES'), 'latin1');
    expect(run(['help']).stdout).toContain('DNSSEC-signed ZONES');
    expect(caches(dist)).toHaveLength(1);
  });

  test('that is broken is compiled anew, without a word', () => {
    const { dist, run, caches } = installed();
    const first = run(['help']);
    const path = join(dist, caches(dist)[0]);
    const good = readFileSync(path);
    writeFileSync(path, 'broken');
    expect(run(['help'])).toEqual(first);
    expect(readFileSync(path).length).toBeGreaterThan(good.length / 2);
  });

  test('lies in the user’s own folder, mode 0700, where others may write beside the bundle', () => {
    const { dist, home, run, caches } = installed();
    chmodSync(dist, 0o777);
    const first = run(['help']);
    expect(caches(dist)).toEqual([]);
    const folder = join(home, '.cache/danezone');
    expect(caches(folder)).toHaveLength(1);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(run(['help'])).toEqual(first);
    expect(run(['help'], { XDG_CACHE_HOME: join(home, 'xdg') })).toEqual(first);
    expect(caches(join(home, 'xdg/danezone'))).toHaveLength(1);
  });

  test('that others could have written is not read', () => {
    const { dist, run, caches } = installed();
    run(['help']);
    const path = join(dist, caches(dist)[0]);
    chmodSync(path, 0o666);
    appendFileSync(path, 'x');
    const before = readFileSync(path);
    run(['help']);
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(statSync(path).mode & 0o022).toBe(0);
  });

  test('can be turned off, and no failure of it is heard', () => {
    const off = installed();
    expect(off.run(['help'], { DANEZONE_CODE_CACHE: '0' }).status).toBe(0);
    expect(off.caches(off.dist)).toEqual([]);
    const nowhere = installed();
    chmodSync(nowhere.dist, 0o777);
    expect(nowhere.run(['help'], { HOME: '/dev/null', XDG_CACHE_HOME: '' })).toMatchObject({ status: 0, stderr: '' });
  });
});
