/**
 * danezone behind the pre-commit framework of Debian, as a user has it: the hook comes from a git repository of this work tree through
 * .pre-commit-hooks.yaml, `language: node` builds and installs it, and git runs it. npm takes the packages from its cache where it has them.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { have, must, repository, temporaryFolder } from './programs.ts';

const isHere = have('pre-commit', 'git', 'npm') && existsSync(join(repository, '.git'));

const made = (name: string) => readFileSync(join(repository, 'test/vectors/certs/made', name), 'utf8');
const mail = `# The mail host.
certificates:
  mx1: {chain: certs/mx1.pem}
hosts:
  mx1.example.org:
    addresses: [192.0.2.25]
    services: {smtp: [mx1]}
    tlsa:
      - DANE-EE SPKI SHA2-256   # never without
domains:
  example.org:
    nameservers: [ns1.example.net, ns2.example.net]
    mail: [{host: mx1.example.org}]
    records:
      _smtp._tls: {TXT: 'v=TLSRPTv1; rua=mailto:tls@example.org'}
`;

describe.skipIf(!isHere)('a commit in a repository with the hook', () => {
  const folder = temporaryFolder();
  const [home, hook, work] = ['home', 'hook', 'work'].map((name) => join(folder.path, name));
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    PRE_COMMIT_HOME: join(home, 'pre-commit'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  let cache = '';

  function run(program: string, args: readonly string[], cwd = work): SpawnSyncReturns<string> {
    const env = { ...environment, npm_config_cache: cache };
    return spawnSync(program, [...args], {
      cwd,
      env,
      encoding: 'utf8',
      timeout: 500_000,
      killSignal: 'SIGKILL',
      input: '',
    });
  }

  function done(program: string, args: readonly string[], cwd = work): string {
    const { status, stdout, stderr } = run(program, args, cwd);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  };
  const read = (path: string) => readFileSync(join(work, path), 'utf8');
  const head = () => done('git', ['rev-parse', 'HEAD']).trim();

  /** Everything is staged and committed; what git and the hook said. */
  function commit(): { readonly accepted: boolean; readonly said: string } {
    done('git', ['add', '--all']);
    const before = head();
    const { status, stdout, stderr } = run('git', ['commit', '-m', 'change']);
    const accepted = head() !== before;
    expect(status === 0).toBe(accepted);
    return { accepted, said: `${stdout}${stderr}` };
  }

  /** Back to the last commit, as whoever was refused and gave up. */
  const giveUp = () => {
    done('git', ['reset', '-q', '--hard']);
    done('git', ['clean', '-qfd']);
  };

  beforeAll(() => {
    cache = must('npm', ['config', 'get', 'cache']).trim();
    mkdirSync(home);
    writeFileSync(
      environment.GIT_CONFIG_GLOBAL,
      '[user]\nname = Example\nemail = ops@example.org\n[init]\ndefaultBranch = main\n',
    );

    // What a release of this work tree would hold.
    mkdirSync(hook);
    const files = must('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: repository });
    for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(repository, name)))) {
      mkdirSync(dirname(join(hook, file)), { recursive: true });
      cpSync(join(repository, file), join(hook, file));
    }
    for (const args of [
      ['init', '-q'],
      ['add', '--all'],
      ['commit', '-q', '-m', 'release'],
    ])
      done('git', args, hook);
    const release = done('git', ['rev-parse', 'HEAD'], hook).trim();

    mkdirSync(work);
    done('git', ['init', '-q']);
    write(
      '.pre-commit-config.yaml',
      `repos:\n  - repo: ${hook}\n    rev: ${release}\n    hooks: [{id: danezone-check}]\n`,
    );
    write('README.md', 'Our infrastructure.\n');
    write('zones/mail.yaml', mail);
    write('zones/certs/mx1.pem', made('leaf.pem'));
    done('git', ['add', '--all']);
    done('git', ['commit', '-q', '-m', 'as it was before the hook']);
    done('pre-commit', ['install', '--install-hooks']);
    // npm may have to fetch and to build.
  }, 500_000);

  afterAll(folder.remove);
  afterEach(giveUp);

  test('that is right passes', () => {
    write('zones/mail.yaml', mail.replace('# The mail host.', '# Our mail host.'));
    const { accepted, said } = commit();
    expect(said).toMatch(/danezone check\.+Passed/);
    expect(accepted).toBe(true);
  });

  test('with a literal TLSA record that matches nothing is refused with the reason', () => {
    write('zones/mail.yaml', mail.replace('DANE-EE SPKI SHA2-256   # never without', `3 1 1 ${'ab'.repeat(32)}`));
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain('error[dane/nothing-matches]');
    expect(said).toMatch(/--> zones\/mail\.yaml:[0-9]+:[0-9]+/);
  });

  test('with the digest of the PEM text is refused, and the mistake is named', () => {
    const digest = createHash('sha256').update(made('leaf.pem')).digest('hex');
    write('zones/mail.yaml', mail.replace('DANE-EE SPKI SHA2-256   # never without', `3 1 1 ${digest}`));
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain('error[dane/wrong-input-digest]');
    expect(said).toMatch(/PEM/);
  });

  test('with a renewed certificate whose key changed, beside a literal record of the old one, is refused', () => {
    const key = must('openssl', ['x509', '-in', join(work, 'zones/certs/mx1.pem'), '-pubkey', '-noout']);
    const spki = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const digest = createHash('sha256').update(spki).digest('hex');
    write('zones/mail.yaml', mail.replace('DANE-EE SPKI SHA2-256   # never without', `3 1 1 ${digest}`));
    expect(commit().accepted).toBe(true);
    write('zones/certs/mx1.pem', made('leaf-next-key.pem'));
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain('error[dane/wrong-input-digest]');
    expect(said).toMatch(/zones\/certs\/mx1\.pem as of commit [0-9a-f]{7,}/);
    giveUp();
    write('zones/mail.yaml', mail);
    expect(commit().accepted).toBe(true);
  });

  test.each([
    ['zones/certs/mx1.key', 'cert/private-key-in-repo'],
    ['deploy/tls.pem', 'cert/private-key-in-repo'],
    ['keys/example.org/Kexample.org.+013+12345.private', 'key/unencrypted-in-git'],
  ])('with an unencrypted private key in %s is refused, and nothing of the key is shown', (path, rule) => {
    const key = must('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const secret = key.split('\n')[1];
    write(
      path,
      path.endsWith('.private')
        ? `Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: ${secret}\n`
        : key,
    );
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain(`error[${rule}]`);
    expect(said).toContain(path);
    expect(said).not.toContain(secret);
  });

  test('that only removes a certificate that is still named is refused', () => {
    rmSync(join(work, 'zones/certs/mx1.pem'));
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain('error[cert/unreadable]');
  });

  test('that takes a certificate from one file is refused for the other file that names it', () => {
    write(
      'zones/mail.yaml',
      mail
        .replace('  mx1: {chain: certs/mx1.pem}\n', '  spare: {chain: certs/mx1.pem}\n')
        .replace(/hosts:[\s\S]*(?=domains:)/, ''),
    );
    write('zones/hosts.yaml', mail.slice(mail.indexOf('hosts:'), mail.indexOf('domains:')));
    const { accepted, said } = commit();
    expect(accepted).toBe(false);
    expect(said).toContain('error[describe/unknown-reference]');
  });

  test('is judged by what is staged, not by what lies in the work tree', () => {
    write('README.md', 'Our own infrastructure.\n');
    done('git', ['add', 'README.md']);
    write('zones/mail.yaml', 'nonsense: [\n');
    const before = head();
    expect(run('git', ['commit', '-m', 'words']).status).toBe(0);
    expect(head()).not.toBe(before);
    expect(read('zones/mail.yaml')).toBe('nonsense: [\n');
  });

  test('is corrected by the hook that may, refused once, and taken when the correction is staged', () => {
    const config = read('.pre-commit-config.yaml');
    write('.pre-commit-config.yaml', config.replace('danezone-check', 'danezone-fix'));
    const odd = mail.replace('mail:', 'mial:').replace('nameservers: [', 'nameservers:   [   ');
    write('zones/mail.yaml', odd);
    const refused = commit();
    expect(refused.accepted).toBe(false);
    expect(refused.said).toMatch(/files were modified by this hook/);
    expect(read('zones/mail.yaml')).toBe(odd.replace('mial:', 'mail:'));
    expect(commit().accepted).toBe(true);
  });
});
