/** `danezone prove`: whether anything that caches may hold together fails, now and in the plan. */
import { newReport } from '../text/problem.ts';
import { type CommandSpec, Exit } from './command.ts';
import { horizonOf } from './horizon.ts';
import { printProblems } from './print-problems.ts';
import { placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';

export const prove: CommandSpec = {
  name: 'prove',
  arguments: [{ flags: '[zone|host...]', description: 'only these zones, or the zones of these hosts' }],
  summary: 'prove that no cache is left without a valid chain, now and in the plan',
  description: `Takes the journals as they stand and the future as \`danezone plan\` has it, and looks at every moment and every combination of DS, DNSKEY, other RRsets and certificates that caches may hold together. Each must validate: for validators that are content with one algorithm and for those that want them all, and for some that lack an algorithm or a digest type. The code knows nothing of the engine that made the plan.

A violation is shown as the cache contents that fail, and when. Every \`danezone build\` asks the same of each step before it takes it.

What was asked for and cannot be judged is named with its reason: a zone whose description, journal or keys cannot be read, a journal that was lost or edited, a certificate that cannot be read, a named zone that is not signed.

Exit status: 0 everything that was asked for was judged, and the proof holds; 3 it does not hold; 1 it holds as far as could be judged, and something could not.`,
  options: [
    { flags: '--until <when>', description: 'how far to look: 90d, 1y or a date (default: 1y)' },
    {
      flags: '--strict',
      description:
        'caches and secondaries at their worst: safety margins, and SOA EXPIRE where builds count as published (green with a zone-propagation-delay of at least that)',
    },
    stateOption,
  ],
  formats: ['text', 'json'],
  examples: ['danezone prove', 'danezone prove example.org --strict', 'danezone prove --format json --until 10y'],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const now = globals.now ?? host.now();
    const until = horizonOf(options.until, now);
    const problems = newReport();
    const { planRepository } = await import('../pipeline/plan.ts');
    const { mailHistory } = await import('../pipeline/mail-history.ts');
    const { prove: proofOf } = await import('../prove/prove.ts');
    const { unreadableHosts } = await import('../pipeline/left-out.ts');
    const planned = planRepository(host.files, places, zoneArguments(args), { now, until }, problems);
    const { zones, futures, repository, unknown } = planned;
    unknownZones(unknown, repository.description.domains.keys());
    const histories = [...zones].map(([name, { journal: standing, policy }]) => {
      const { refresh, retry } = repository.description.domains.get(name)!.soa;
      const proofPolicy = { ...policy, secondaryRefresh: refresh + retry };
      return { journal: futures.get(name)!.history, standing, policy: proofPolicy };
    });
    const mode = options.strict === true ? 'strict' : 'plain';
    const mail = mailHistory(
      repository,
      (zone) => futures.get(zone)?.history,
      now,
      (zone) => zones.get(zone)?.journal,
    );
    const proof = proofOf({ zones: histories, mail, from: now, to: until, mode });
    const left = [...planned.left, ...unreadableHosts(repository, new Set(zones.keys()))];
    if (globals.format === 'json') {
      host.stdout.write((await import('../report/proof-json.ts')).proofJson(proof, left, now, until));
    } else host.stdout.write((await import('../report/proof-text.ts')).proofText(proof, left, until));
    const errors = problems.problems.filter(({ tier }) => tier === 'error');
    await printProblems(host, { ...globals, format: 'text' }, errors, repository.source);
    if (proof.violations.length > 0) return Exit.verificationFailed;
    return problems.hasErrors || left.length > 0 ? Exit.problems : Exit.done;
  },
};
