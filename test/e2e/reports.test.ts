/** What CI servers are given, in the eyes of other programs; and what only the built program has. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { junitReport } from '../../src/text/junit.ts';
import { hostile } from '../text/hostile.ts';
import { danezone, have, must, run, temporaryFolder } from './programs.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
const root = join(folder.path, 'infra');
mkdirSync(join(root, 'zones'), { recursive: true });
writeFileSync(join(root, 'zones/a&b<c>"d\'.yaml'), 'domians: {}\nx]]>: "<!--"\n');

describe.skipIf(!have('xmllint'))('JUnit reports are well-formed to xmllint', () => {
  test('whatever the texts are', () => {
    const file = join(folder.path, 'hostile.xml');
    writeFileSync(file, junitReport(hostile));
    must('xmllint', ['--noout', file]);
    const failures = must('xmllint', ['--xpath', 'count(//testcase/failure)', file]).trim();
    expect(failures).toBe('1');
  });

  test('of the program', () => {
    const ran = run(process.execPath, [danezone, 'check', '--root', 'infra', '--format', 'junit'], {
      cwd: folder.path,
    });
    expect(ran.status).toBe(1);
    const file = join(folder.path, 'check.xml');
    writeFileSync(file, ran.stdout);
    expect(must('xmllint', ['--xpath', 'string(//testsuite/@name)', file]).trim()).toBe('infra/zones/a&b<c>"d\'.yaml');
  });
});

describe('the built program', () => {
  test('explains rules with the examples of the tests', () => {
    const { status, stdout } = run(process.execPath, [danezone, 'explain', 'zone/single-ns']);
    expect(status).toBe(0);
    expect(stdout).toContain('+   example.org: {nameservers: [ns1.example.net, ns2.example.net]}');
    const { rules } = JSON.parse(run(process.execPath, [danezone, 'explain', '--format', 'json']).stdout);
    const shown = rules.filter(({ example }: { example?: string }) => example !== undefined);
    expect(shown.length).toBeGreaterThan(100);
  });

  test('corrects what can only have been meant one way, and keeps the permissions', () => {
    const path = join(root, 'zones/b.yaml');
    writeFileSync(
      path,
      '# ours\r\ndomains: {example.org: {nameservers: [ns1.example.net, ns2.example.net], ttl: 1 hour}} # an hour\r\n',
    );
    must('chmod', ['664', path]);
    run(process.execPath, [danezone, 'check', '--fix', 'infra/zones/b.yaml', '--root', 'infra'], { cwd: folder.path });
    expect(must('cat', [path])).toBe(
      '# ours\r\ndomains: {example.org: {nameservers: [ns1.example.net, ns2.example.net], ttl: 1h}} # an hour\r\n',
    );
    expect(must('stat', ['-c', '%a', path]).trim()).toBe('664');
    expect(
      must('ls', ['-A', join(root, 'zones')])
        .trim()
        .split('\n'),
    ).toHaveLength(2);
  });
});
