import { describe, expect, test } from 'vitest';
import { danezone, description, net, org, repository, text } from '../pipeline/run.ts';

const zones = '/infra/zones';
/** A misspelt key in org.yaml; nothing else is wrong. */
const misspelt = org.replace('mail:', 'mial:');

describe('without files', () => {
  test('a good repository: one line on standard output, status 0', async () => {
    const ran = await danezone(repository(), 'check');
    expect(ran.status).toBe(0);
    expect(ran.out).toMatch(/^3 zones checked: no problems\n$|^$/);
  });

  test('errors go to standard error with a summary line, status 1', async () => {
    const ran = await danezone(repository({ [`${zones}/org.yaml`]: misspelt }), 'check');
    expect(ran.status).toBe(1);
    expect(ran.out).toBe('');
    expect(ran.err).toContain('error[describe/unknown-key]');
    expect(ran.err).toContain('--> zones/org.yaml:5:5');
    expect(ran.err).toMatch(/\n[0-9]+ errors?[^\n]*`danezone check --fix` corrects [^\n]*\n$/);
  });

  test('--quiet leaves out what is no error, and says nothing of a good repository', async () => {
    const unused = `${net}certificates: {spare: {chain: certs/p384.pem}}\n`;
    const host = repository({ [`${zones}/net.yaml`]: unused });
    expect((await danezone(host, 'check')).err).toContain('describe/unused');
    expect(await danezone(host, 'check', '--quiet')).toEqual({ status: 0, out: '', err: '' });
    const json = JSON.parse((await danezone(host, 'check', '--quiet', '--format', 'json')).out);
    expect(json).toMatchObject({ errors: 0, information: 0, problems: [] });
  });

  test('nothing is written', async () => {
    const host = repository({ [`${zones}/org.yaml`]: misspelt });
    const before = host.tree();
    await danezone(host, 'check');
    expect(host.tree()).toEqual(before);
    expect(host.steps).toEqual([]);
  });
});

describe('with files', () => {
  const host = () =>
    repository({
      [`${zones}/org.yaml`]: misspelt,
      [`${zones}/net.yaml`]: `${net}    ttl: 1 hour\n`.replace(
        '{nameservers: ours, mail: [{host: mx1.example.org}]}',
        '\n    nameservers: ours',
      ),
    });

  test('only what concerns them is shown; errors elsewhere are one line and count', async () => {
    const ran = await danezone(host(), 'check', 'zones/net.yaml');
    expect(ran.err).toContain('describe/duration');
    expect(ran.err).not.toContain('describe/unknown-key');
    expect(ran.err).toMatch(/^[0-9]+ errors? elsewhere in zones\/org\.yaml/m);
    expect(ran.status).toBe(1);
    const good = await danezone(repository({ [`${zones}/org.yaml`]: misspelt }), 'check', 'zones/net.yaml');
    expect(good.status).toBe(1);
    expect(good.err).toMatch(/^[0-9]+ errors? elsewhere in zones\/org\.yaml/m);
  });

  test('what a changed file no longer says is an error elsewhere', async () => {
    const without = description.replace('  mx1: {chain: certs/p256.pem}', '  other: {chain: certs/p256.pem}');
    const ran = await danezone(
      repository({ [`${zones}/common.yaml`]: without.replace('smtp: [mx1]', 'smtp: [other]') }),
      'check',
      'zones/common.yaml',
    );
    expect(ran.status).toBe(0);
    const broken = await danezone(
      repository({
        [`${zones}/a.yaml`]: 'hosts: {mx9.example.org: {services: {smtp: [mx1]}}}\n',
        [`${zones}/common.yaml`]: without.replace('smtp: [mx1]', 'smtp: [other]'),
      }),
      'check',
      'zones/common.yaml',
    );
    expect(broken.status).toBe(1);
  });

  test('a certificate stands for the zones of the hosts that present it', async () => {
    const literal = description.replace(
      'services: {smtp: [mx1]}',
      `services: {smtp: [mx1]}, tlsa: ['3 1 1 ${'00'.repeat(32)}']`,
    );
    const wrong = repository({ [`${zones}/common.yaml`]: literal });
    const ran = await danezone(wrong, 'check', 'zones/certs/p256.pem', '--format', 'json');
    expect(JSON.parse(ran.out).problems.map(({ rule }: { rule: string }) => rule)).toContain('dane/nothing-matches');
    expect(ran.status).toBe(1);
  });

  test('a folder stands for all that lies below it', async () => {
    const all = await danezone(host(), 'check', '--format', 'json');
    const below = await danezone(host(), 'check', 'zones', '--format', 'json');
    expect(JSON.parse(below.out).problems).toEqual(JSON.parse(all.out).problems);
  });

  test('a file that is not there is said, and hides nothing', async () => {
    const ran = await danezone(host(), 'check', 'zones/nte.yaml');
    expect(ran.err).toContain('zones/nte.yaml does not exist');
    expect(ran.err).toMatch(/[0-9]+ errors elsewhere/);
    expect(ran.status).toBe(1);
  });
});

describe('formats', () => {
  const broken = () => repository({ [`${zones}/org.yaml`]: misspelt });

  test('json tells the edit of a fix as it stands in the file', async () => {
    const { out, err, status } = await danezone(broken(), 'check', '--format', 'json');
    const told = JSON.parse(out);
    expect(told.problems.find(({ rule }: { rule: string }) => rule === 'describe/unknown-key').fix).toEqual({
      position: { file: 'zones/org.yaml', line: 5, column: 5, length: 4 },
      text: 'mail',
    });
    expect([err, status, told.fixable]).toEqual(['', 1, 1]);
  });

  test.each(['github', 'sarif', 'junit'])('%s stands on standard output alone', async (format) => {
    const ran = await danezone(broken(), 'check', '--format', format);
    expect(ran.status).toBe(1);
    expect(ran.err).toBe('');
    expect(ran.out).toContain('describe/unknown-key');
    const good = await danezone(repository(), 'check', '--format', format);
    expect([good.status, good.err]).toEqual([0, '']);
  });

  test('sarif holds the words of each rule that fired and the edit of a fix', async () => {
    const [run] = JSON.parse((await danezone(broken(), 'check', '--format', 'sarif')).out).runs;
    const rules = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(rules).toEqual([...new Set(run.results.map(({ ruleId }: { ruleId: string }) => ruleId))].sort());
    const found = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'describe/unknown-key');
    expect(found.fixes[0].artifactChanges).toEqual([
      {
        artifactLocation: { uri: 'zones/org.yaml', uriBaseId: 'SRCROOT' },
        replacements: [
          {
            deletedRegion: { startLine: 5, startColumn: 5, endLine: 5, endColumn: 9 },
            insertedContent: { text: 'mail' },
          },
        ],
      },
    ]);
  });

  test('paths lead from the working folder, where the reader stands', async () => {
    const { runSafely } = await import('../../src/cli/safely.ts');
    const { commands } = await import('../../src/cli/commands.ts');
    const { memoryHost } = await import('../../src/host/memory.ts');
    const host = memoryHost({
      files: { '/infra/infra/zones/a.yaml': 'domians: {}\n', '/infra/infra/zones/b.yaml': 'x: 1\n' },
      workingFolder: '/infra',
    });
    const run = (...argv: string[]) => runSafely(host, '0', commands, ['check', '--root', 'infra', ...argv]);
    await run('--format', 'github');
    expect(host.out).toContain('file=infra/zones/a.yaml,');
    await run('--format', 'sarif');
    expect(host.out.match(/"uri": "infra\/zones\/a\.yaml"/g)).toHaveLength(2);
    await run('infra/zones/a.yaml');
    expect(host.err).toContain('--> infra/zones/a.yaml:1:1');
    expect(host.err).toContain('1 | domians: {}');
  });
});

describe('--fix', () => {
  const commented = `# Our own domain.
domains:   # two
  example.org:
    nameservers:   ours        # see common.yaml
    mial: [ {host: mx1.example.org , preference: 10} ]   # the mail host
    ttl: "1 hour"
    records:
      # the web
      www.example.org: {CNAME: mx1.example.org}
`;

  test('comments and layout stay; the corrections are counted; the status is that of what is left', async () => {
    const host = repository({ [`${zones}/org.yaml`]: commented });
    const ran = await danezone(host, 'check', '--fix');
    expect(text(host, `${zones}/org.yaml`)).toBe(
      commented.replace('mial:', 'mail:').replace('"1 hour"', '"1h"').replace('www.example.org:', 'www:'),
    );
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.out).toContain('3 corrections in zones/org.yaml\n');
    expect((await danezone(host, 'check')).status).toBe(0);
  });

  test('what cannot be corrected is left, and shown as it is then', async () => {
    const host = repository({ [`${zones}/org.yaml`]: commented.replace('ours ', 'oors ').replace('10}', 'ten}') });
    const ran = await danezone(host, 'check', '--fix', '--format', 'json');
    const told = JSON.parse(ran.out);
    expect(told.fixed).toEqual({ count: 4, files: ['zones/org.yaml'] });
    expect(told.problems.map(({ rule }: { rule: string }) => rule)).toContain('describe/wrong-type');
    expect(told.fixable).toBeUndefined();
    expect(ran.status).toBe(1);
  });

  test('what was hidden by a mistake is corrected in the same run', async () => {
    const host = repository({ [`${zones}/org.yaml`]: commented.replace('domains:', 'domian:') });
    expect((await danezone(host, 'check', '--fix')).out).toContain('4 corrections');
  });

  test('with files only these are changed', async () => {
    const host = repository({ [`${zones}/org.yaml`]: commented, [`${zones}/net.yaml`]: net.replace('mail:', 'mial:') });
    const ran = await danezone(host, 'check', '--fix', 'zones/net.yaml');
    expect(text(host, `${zones}/org.yaml`)).toBe(commented);
    expect(text(host, `${zones}/net.yaml`)).toBe(net);
    expect(ran.status).toBe(1);
  });

  test('a file is replaced in one step, with its permissions, and no other is touched', async () => {
    const host = repository({ [`${zones}/org.yaml`]: commented });
    await danezone(host, 'check', '--fix');
    const touched = host.steps.map((step) => step.replace(/\.org\.yaml\.[0-9a-f]+/, 'STAGE'));
    expect(touched).toEqual([
      `create ${zones}/STAGE`,
      `mode ${zones}/STAGE`,
      `write ${zones}/STAGE`,
      `sync ${zones}/STAGE`,
      `rename ${zones}/STAGE ${zones}/org.yaml`,
      `sync folder ${zones}`,
    ]);
  });

  test('a file behind a link inside the repository is changed itself', async () => {
    const host = repository({ [`${zones}/org.yaml`]: 'x-none: 1\n', '/infra/shared/org.yaml': commented });
    host.link('../shared/org.yaml', `${zones}/linked.yaml`);
    await danezone(host, 'check', '--fix');
    expect(host.tree()[`${zones}/linked.yaml`]).toBe('-> ../shared/org.yaml');
    expect(text(host, '/infra/shared/org.yaml')).toContain('    mail: [ {host');
  });

  test('wherever the run dies, every file is whole: as it was or as it should be', async () => {
    const wanted = repository({
      [`${zones}/org.yaml`]: commented,
      [`${zones}/net.yaml`]: net.replace('mail:', 'mial:'),
    });
    await danezone(wanted, 'check', '--fix');
    const steps = wanted.steps.length;
    const [after, afterNet] = [text(wanted, `${zones}/org.yaml`), text(wanted, `${zones}/net.yaml`)];
    for (let step = 1; step <= steps; step++) {
      const host = repository({
        [`${zones}/org.yaml`]: commented,
        [`${zones}/net.yaml`]: net.replace('mail:', 'mial:'),
      });
      host.crashAfter(step);
      await danezone(host, 'check', '--fix');
      const left = host.restart('synced');
      expect([commented, after]).toContain(text(left, `${zones}/org.yaml`));
      expect([net.replace('mail:', 'mial:'), afterNet]).toContain(text(left, `${zones}/net.yaml`));
    }
  });

  test('a good repository is left as it is', async () => {
    const host = repository();
    const ran = await danezone(host, 'check', '--fix');
    expect(ran.out).toContain('nothing to correct\n');
    expect(host.steps).toEqual([]);
  });
});
