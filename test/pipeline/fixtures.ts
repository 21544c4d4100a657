/** The fixtures of test/rules/<id>/{bad,good}: repositories, each read as `check` reads one. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { memoryHost } from '../../src/host/memory.ts';
import { check } from '../../src/pipeline/check.ts';
import { newReport, type Problem, withoutSuperseded } from '../../src/text/problem.ts';

const root = join(import.meta.dirname, '../rules');
const places = { root: '/infra', state: '/infra/keys', output: '/infra/build' };

/** 2026-11-22. */
const now = Date.UTC(2026, 10, 22) / 1000;
/** Certificates of the vectors end on 2120-01-01. */
const lastDay: Readonly<Record<string, number>> = {
  'cert/expires-before-next-run': Date.UTC(2119, 11, 31, 12) / 1000,
  'cert/expires-inside-wait': Date.UTC(2119, 11, 31, 22, 40) / 1000,
  'rollover/no-next-key': Date.UTC(2100, 0, 1) / 1000,
  'rollover/renewal-inside-roll': Date.UTC(2100, 0, 1) / 1000,
};

export function filesBelow(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const inner = path === '' ? name : `${path}/${name}`;
    return statSync(join(folder, inner)).isDirectory() ? filesBelow(folder, inner) : [inner];
  });
}

/** What `check` says about the repository in a folder. */
export function problemsIn(folder: string, at = now): Problem[] {
  const paths = filesBelow(folder);
  const isPrivate = (file: string) => file.endsWith('.private');
  const contentOf = (file: string) => readFileSync(join(folder, file));
  const shared = paths.filter((file) => !isPrivate(file)).map((file) => [`/infra/${file}`, contentOf(file)]);
  const { files } = memoryHost({ files: Object.fromEntries(shared) });
  // git keeps no modes that hide a file from others.
  for (const file of paths.filter(isPrivate)) files.writeNew(`/infra/${file}`, contentOf(file), 0o600);
  const to = newReport();
  check(files, places, at, to);
  return withoutSuperseded(to.problems);
}

export function fixtureProblems(rule: string, side: 'bad' | 'good'): Problem[] {
  return problemsIn(join(root, rule, side), lastDay[rule]);
}

/** Names of the fixtures of one family. */
export function fixturesOf(family: string): string[] {
  return readdirSync(join(root, family)).map((name) => `${family}/${name}`);
}
