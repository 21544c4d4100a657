/** `danezone ds`: what the registrar should have. */
import type { Name } from '../dns/name.ts';
import { newReport, report } from '../text/problem.ts';
import { type CommandSpec, Exit, UsageError } from './command.ts';
import { printProblems } from './print-problems.ts';
import { placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';

export const ds: CommandSpec = {
  name: 'ds',
  arguments: [{ flags: '[zone...]', description: 'only these zones (default: all that are signed)' }],
  summary: 'print the DS records that the parent should have now',
  description: `Prints the DS records of signed zones for the registrar, from the public halves of the keys; no private key is opened.

In the format zone standard output holds one DS record a line and nothing else. Where the parent should have none yet, nothing is printed for the zone, and standard error names what it waits for.

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
    const { settingsOf } = await import('../pipeline/settings.ts');
    const { readZoneState } = await import('../pipeline/zone-state.ts');
    const { rules } = await import('../pipeline/rules.ts');
    const { dsRows, printDs } = await import('../export/ds-forms.ts');

    const ignored = newReport();
    const problems = newReport();
    const repository = readRepository(host.files, places.root, [places.state], ignored);
    const { domains, faulty } = repository.description;
    unknownZones(
      only.filter((zone) => !domains.has(zone) && !faulty.has(zone)),
      [...domains.keys(), ...faulty.keys()],
    );
    const wanted: Name[] = only.length > 0 ? only : [...new Set([...domains.keys(), ...faulty.keys()])].sort();
    const now = globals.now ?? host.now();
    let ungated = 0;
    const rows = wanted.flatMap((zone) => {
      const domain = domains.get(zone);
      if (domain !== undefined && !isSigned(domain)) return [];
      const state = readZoneState(host.files, places, zone, { now, privateHalves: 'ignore' }, problems);
      const settings = domain === undefined ? state.settings : settingsOf(domain);
      if (settings === undefined) return [];
      if (state.keys.keys.length === 0) {
        host.stderr.write(`danezone: ${zone} has no keys yet: run danezone build\n`);
        return [];
      }
      const sep = state.keys.keys.filter((key) => (key.flags & 1) !== 0);
      const keys = options.fromKeys === true ? (sep.length > 0 ? sep : state.keys.keys) : state.duties.inParent;
      if (options.fromKeys !== true && !state.duties.gated && keys.length > 0) ungated++;
      return dsRows(zone, keys, digests.length > 0 ? digests : settings.digests, settings.dsTtl);
    });
    host.stdout.write(printDs(rows, globals.format as Parameters<typeof printDs>[1]));
    if (ungated > 0) report(problems, rules['ops/ungated'], undefined, { zones: ungated });
    await printProblems(host, globals, problems.problems, repository.source);
    return problems.hasErrors ? Exit.problems : Exit.done;
  },
};
