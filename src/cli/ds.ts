/** `danezone ds`: what the registrar should have. */
import type { Name } from '../dns/name.ts';
import { zoneFolder } from '../pipeline/places.ts';
import { newReport, type Problem, report } from '../text/problem.ts';
import { type CommandSpec, Exit, UsageError } from './command.ts';
import type { ZoneHint } from './ds-hints.ts';
import { printProblems } from './print-problems.ts';
import { placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';

export const ds: CommandSpec = {
  name: 'ds',
  arguments: [{ flags: '[zone...]', description: 'only these zones (default: all that are signed)' }],
  summary: 'print the DS records that the parent should have now',
  description: `Prints the DS records of signed zones for the registrar, from the public halves of the keys; no private key is opened.

In the format zone standard output holds one DS record a line and nothing else. Where the parent should have none yet, nothing is printed for the zone, and standard error names what it waits for and what to do next.

Zones of a file that cannot be read are answered from their keys and the last build, with exit status 1.

--from-keys prints the DS of every key with the SEP flag without any gate: for trust anchors and tests.`,
  options: [
    {
      flags: '--digest <type>',
      description: 'digest type, such as SHA-256 or 4 (default: as the parent policy says)',
      many: true,
    },
    { flags: '--from-keys', description: 'of the keys as they are, without any gate' },
    stateOption,
  ],
  formats: ['zone', 'json', 'csv', 'epp', 'cds', 'sheet'],
  examples: [
    'danezone ds',
    'danezone ds example.org --format sheet',
    'danezone ds --format epp > secdns.xml',
    'danezone ds --digest SHA-384 --from-keys',
  ],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const only = zoneArguments(args);
    const { digestTypeOf } = await import('../dnssec/ds.ts');
    const digests = ((options.digest as string[] | undefined) ?? []).map((text) => {
      const type = digestTypeOf(text);
      if (type === undefined) throw new UsageError(`--digest ${text} is no digest type: SHA-256 or SHA-384`);
      if (!type.mayMake) throw new UsageError(`--digest ${text}: ${type.refusal ?? 'is not made'}`);
      return type.number;
    });
    const { readRepository, isSigned } = await import('../pipeline/repository.ts');
    const { readManifest, zonesOf } = await import('../pipeline/build.ts');
    const { settingsOf } = await import('../pipeline/settings.ts');
    const { readZoneState } = await import('../pipeline/zone-state.ts');
    const { digestsOf } = await import('../pipeline/digests-of.ts');
    const { parentHere, zoneAbove } = await import('../pipeline/parent-shows.ts');
    const { parentShowsNow } = await import('../pipeline/plan.ts');
    const { certificatesSeen } = await import('../pipeline/tlsa-now.ts');
    const { rolloverPolicyOf } = await import('../rollover/policy.ts');
    const { rules } = await import('../pipeline/rules.ts');
    const { dsRows, printDs } = await import('../export/ds-forms.ts');
    const { readThrough } = await import('../host/commit-record.ts');
    const { dsHints } = await import('./ds-hints.ts');

    const said = newReport();
    const problems = newReport();
    const files = readThrough(host.files, places.root);
    const repository = readRepository(files, places.root, [places.state], said);
    const { domains, faulty } = repository.description;
    const { broken } = repository;
    // An empty answer could be taken for "no DS": zones of a file that cannot be read are answered from their state.
    for (const problem of said.problems) if (isOfWhole(problem, broken)) problems.add(problem);
    const manifest = readManifest(files, places);
    const all = zonesOf(repository, manifest);
    const inState = (zone: Name) => files.facts(zoneFolder(places, zone)) !== undefined;
    unknownZones(
      only.filter((zone) => !all.includes(zone) && !(broken.length > 0 && inState(zone))),
      all,
    );
    const wanted: Name[] = only.length > 0 ? only : all;
    const now = globals.now ?? host.now();
    const note = (zone: Name, what: string) => host.stderr.write(`danezone: ${zone} ${what}\n`);
    let ungated = 0;
    const hints: ZoneHint[] = [];
    const shown = new Map<Name | undefined, ReturnType<typeof parentShowsNow>>();
    const parentShows = (zone: Name) => {
      const above = zoneAbove(zone, repository.description);
      if (!shown.has(above)) shown.set(above, parentShowsNow(files, places, repository, zone, now, new Map()));
      return shown.get(above);
    };
    const rows = wanted.flatMap((zone) => {
      const domain = domains.get(zone);
      if (domain !== undefined && !isSigned(domain)) {
        if (only.length > 0) note(zone, 'is not signed: it has no DS');
        return [];
      }
      const policy = domain === undefined ? undefined : rolloverPolicyOf(domain);
      const certificates = domain && certificatesSeen(repository, domain, { now, overrides: new Set() });
      const state = readZoneState(
        files,
        places,
        zone,
        { now, privateHalves: 'ignore', policy, certificates, parentShows: parentShows(zone) },
        problems,
      );
      if (domain === undefined && !faulty.has(zone)) {
        if (broken.length > 0)
          report(
            problems,
            rules['build/undescribed'],
            undefined,
            { zone, files: broken.join(', ') },
            { subject: zone },
          );
        else report(problems, rules['build/nothing-declared'], undefined, { zone }, { subject: zone });
      }
      const settings = domain === undefined ? state.settings : settingsOf(domain);
      if (state.keys.keys.length === 0 && (state.wasSigned() || manifest?.zones[zone]?.signed === true)) {
        const what = 'has no key that can be read any more, and was built signed';
        report(problems, rules['build/no-keys'], domain?.at, { zone, what }, { subject: zone });
        return [];
      }
      if (settings === undefined) {
        if (domain === undefined) note(zone, 'has errors, and was never built signed: see danezone check');
        return [];
      }
      if (state.keys.keys.length === 0) {
        note(zone, 'has no keys yet: run danezone build');
        return [];
      }
      const sep = state.keys.keys.filter((key) => (key.flags & 1) !== 0);
      // A DS that is due is given out once a build has asked for it, and the proof agreed.
      const { inParent, gated } = state.dutiesBefore;
      const keys = options.fromKeys === true ? (sep.length > 0 ? sep : state.keys.keys) : inParent;
      const unserved = state.journal === undefined ? [] : (certificates?.unserved(state.journal) ?? []);
      const hosts = unserved.flatMap((what) => (what.kind === 'certificate-served' ? [what.host] : []));
      const parent = parentHere(zone, repository.description);
      hints.push({ zone, asked: state.dutiesBefore, next: state.duties, unserved: hosts, parent });
      if (options.fromKeys !== true && !gated && keys.length > 0) ungated++;
      return dsRows(zone, keys, digests.length > 0 ? digests : digestsOf(state.dutiesBefore, settings), settings.dsTtl);
    });
    host.stdout.write(printDs(rows, globals.format as Parameters<typeof printDs>[1]));
    if (options.fromKeys !== true && !globals.quiet) {
      for (const line of dsHints(hints)) host.stderr.write(`danezone: ${line}\n`);
    }
    if (ungated > 0) report(problems, rules['ops/ungated'], undefined, { zones: ungated });
    await printProblems(host, globals, problems.problems, repository.source);
    return problems.hasErrors ? Exit.problems : Exit.done;
  },
};

/** An error of a file that cannot be read at all; what else is wrong with the description is the affair of `check`. */
function isOfWhole({ position, tier }: Problem, broken: readonly string[]): boolean {
  return tier === 'error' && position !== undefined && broken.includes(position.file);
}
