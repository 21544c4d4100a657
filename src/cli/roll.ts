/** `danezone roll …`: asks for rollovers of DNSSEC keys, takes them back, says the word for manual steps. */
import type { Name } from '../dns/name.ts';
import type { Host } from '../host/host.ts';
import type { Journal, RollRequest } from '../journal/journal.ts';
import type { Confirmation } from '../pipeline/confirm.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import { newReport } from '../text/problem.ts';
import type { CommandSpec, Exit, Globals } from './command.ts';
import { placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';
import { writeJournals, writer, writingTime } from './write-journals.ts';

const zonesArgument = { flags: '<zone...>', description: 'the zones' };

const options = [
  { flags: '--by <name>', description: 'who asks (default: $USER)' },
  stateOption,
  { flags: '--rehearsal', description: 'with --now: this is a copy, its journals may be written' },
] as const;

const emergencyOption = {
  flags: '--emergency',
  description: 'the key is compromised: also while it is being replaced; says how long it can be abused',
} as const;

const writes = `The request is written into keys/<zone>/journal.json with its time and by whom: commit it. The next danezone build makes the keys and takes the first step; every later build takes what is due. The dates are those if everybody acts as early as may be: a late act delays, it never breaks.

Exit status: 0 it is in the journals; 1 it was refused for a zone, with the reason, and nothing of that zone was changed; 2 a wrong argument; 75 another run is at work.`;

type Asked = { readonly journal: Journal } | { readonly error: string; readonly hint: string };

interface Asking {
  readonly now: number;
  readonly by: string;
  readonly emergency: boolean;
}

export type RollAction = RollRequest['what'] | 'insecure' | 'abort' | 'step';

type Ask = (asking: Asking) => Promise<(journal: Journal, policy: RolloverPolicy | undefined) => Asked>;

const unsigned = ({ zone }: Journal): Asked => ({
  error: `the policy of ${zone} does not sign it`,
  hint: 'a zone is signed by its policy (signing: dnssec), and its first keys are made by danezone build',
});

const asksFor =
  (what: RollRequest['what']): Ask =>
  async ({ now, by, emergency }) => {
    const { askRoll } = await import('../rollover/pending.ts');
    const { generationError } = await import('../keys/generate.ts');
    return (journal, policy) => {
      if (policy === undefined) return unsigned(journal);
      const asked = askRoll(journal, policy, { what, at: now, by, why: emergency ? 'compromised' : 'wanted' });
      const cannot = what === 'algorithm' && !('error' in asked) ? generationError(policy.keys.algorithm) : undefined;
      return cannot === undefined
        ? asked
        : { error: `no keys of that algorithm are made: ${cannot}`, hint: 'choose another algorithm in the policy' };
    };
  };

const insecure: Ask = async ({ now, by }) => {
  const { goInsecure } = await import('../rollover/requests.ts');
  const { withoutPending } = await import('../rollover/pending.ts');
  return (journal) => {
    const { insecure: before } = journal.requests;
    if (before !== undefined) {
      return {
        error: `is leaving DNSSEC already, asked for by ${before.by}`,
        hint: 'danezone plan says what comes next; danezone roll abort takes it back',
      };
    }
    if (withoutPending(journal) !== undefined) {
      return { error: 'a roll was asked for that no build has begun yet', hint: 'danezone roll abort takes it back' };
    }
    return goInsecure(journal, now, by);
  };
};

const takeBack: Ask = async ({ now }) => {
  const { abort } = await import('../rollover/abort.ts');
  const { withoutPending } = await import('../rollover/pending.ts');
  return (journal) => {
    const without = withoutPending(journal);
    return without === undefined ? abort(journal, now) : { journal: without };
  };
};

const approve: Ask = async ({ now, by }) => {
  const { approveSteps } = await import('../rollover/requests.ts');
  const { step } = await import('../rollover/step.ts');
  return (journal, policy) => {
    if (policy === undefined) return unsigned(journal);
    if (!policy.manual) {
      return {
        error: `the steps of ${journal.zone} wait for no word`,
        hint: 'danezone build takes what is due; with keys: {rolls: manual} in the policy it waits for this command',
      };
    }
    const said = approveSteps(journal, now, by);
    if ('error' in said) return said;
    const waits = step({ journal, policy, now }).blocked.some(({ why }) => why.kind === 'approval');
    if (waits) return said;
    return { error: `no step of ${journal.zone} is due`, hint: 'danezone plan says when the next one is' };
  };
};

function rollKey(role: 'zsk' | 'ksk' | 'csk', summary: string, description: string): CommandSpec {
  return {
    name: `roll ${role}`,
    arguments: [zonesArgument],
    summary,
    description: `${description}

${writes}`,
    options: [emergencyOption, ...options],
    formats: ['text', 'json'],
    examples: [`danezone roll ${role} example.org`, `danezone roll ${role} example.org --emergency --by ann`],
    run: (host, globals, args, given) => run(host, globals, args, given, role, asksFor(role)),
  };
}

export const rollZsk = rollKey(
  'zsk',
  'replace the zone-signing key',
  'A new ZSK is published, signs when every cache has it, and the old one leaves when no cache needs it (pre-publication, RFC 6781 section 4.1.1.1). The parent has no part in it.',
);

export const rollKsk = rollKey(
  'ksk',
  'replace the key-signing key',
  'A new KSK is published and signs beside the old one; then the parent gets its DS, loses the old one, and the old key leaves (double KSK, RFC 6781 section 4.1.2). Confirm what the parent shows with danezone confirm ds-seen.',
);

export const rollCsk = rollKey(
  'csk',
  'replace the one key of a zone',
  'A new CSK is published, takes over the signatures of the zone when every cache has it, and the DS of the old one is replaced at the parent (RFC 6781 section 4.1.3). Confirm what the parent shows with danezone confirm ds-seen.',
);

export const rollAlgorithm: CommandSpec = {
  name: 'roll algorithm',
  arguments: [zonesArgument],
  summary: 'replace the keys by those of the algorithm and layout that the policy names now',
  description: `First set keys: {algorithm: …} or keys: {layout: …} in the policy: build warns that the keys differ (build/keys-differ) and changes nothing. This command then begins the roll. The zone is signed with the new algorithm before its keys appear, and the old signatures leave last (RFC 6781 section 4.1.4); keys: {algorithm-order: bind} brings both at once.

${writes}`,
  options,
  formats: ['text', 'json'],
  examples: ['danezone roll algorithm example.org'],
  run: (host, globals, args, given) => run(host, globals, args, given, 'algorithm', asksFor('algorithm')),
};

export const rollInsecure: CommandSpec = {
  name: 'roll insecure',
  arguments: [zonesArgument],
  summary: 'take a zone from signed to unsigned without an outage',
  description: `In this order, each when no cache holds what was before: the TLSA records leave; the DS leaves the parent (CDS asks to delete it, RFC 8078 section 4), confirm it with danezone confirm ds-gone; then keys and signatures leave, and build writes the zone unsigned. Write policy: unsigned for the domain afterwards, never before.

${writes}`,
  options,
  formats: ['text', 'json'],
  examples: ['danezone roll insecure example.org --by ann'],
  run: (host, globals, args, given) => run(host, globals, args, given, 'insecure', insecure),
};

export const rollAbort: CommandSpec = {
  name: 'roll abort',
  arguments: [zonesArgument],
  summary: 'take back what was asked for, or what is under way while that is safe',
  description: `A request that no build has begun is dropped. Else the keys that are leaving stay, and those that were to replace them leave, by the same rules and waits as every roll; when the old key has left the zone it is too late, and the roll goes on. Going insecure is taken back at any time.

${writes}`,
  options,
  formats: ['text', 'json'],
  examples: ['danezone roll abort example.org'],
  run: (host, globals, args, given) => run(host, globals, args, given, 'abort', takeBack),
};

export const rollStep: CommandSpec = {
  name: 'roll step',
  arguments: [zonesArgument],
  summary: 'say the word for the steps that are due, where the policy asks for it',
  description: `With keys: {rolls: manual} in the policy no step of a rollover is taken before someone says so. This command approves the steps that are due now and no others; the next danezone build takes them.

${writes}`,
  options,
  formats: ['text', 'json'],
  examples: ['danezone roll step example.org --by ann'],
  run: (host, globals, args, given) => run(host, globals, args, given, 'step', approve),
};

async function run(
  host: Host,
  globals: Globals,
  args: readonly string[],
  given: Readonly<Record<string, unknown>>,
  action: RollAction,
  ask: Ask,
): Promise<Exit> {
  const places = placesOf(host, globals, given);
  const now = writingTime(host, globals, given);
  const zones = [...new Set(zoneArguments(args))];
  const { readRepository } = await import('../pipeline/repository.ts');
  const { readThrough } = await import('../host/commit-record.ts');
  const { policyOfZone } = await import('../pipeline/policy-of-zone.ts');
  const files = readThrough(host.files, places.root);
  const { description } = readRepository(files, places.root, [places.state], newReport());
  const declared = [...description.domains.keys(), ...description.faulty.keys()];
  unknownZones(
    zones.filter((zone) => !declared.includes(zone)),
    declared,
  );
  const policyOf = (zone: Name) => policyOfZone(files, places, description, zone);
  const emergency = given.emergency === true;
  const asks = await ask({ now, by: writer(host, given, 'roll'), emergency });
  const { withLed } = await import('../pipeline/rolled.ts');
  const confirmations = zones.map(
    (zone): Confirmation => ({
      zone,
      say: (journal) => {
        const asked = asks(journal, policyOf(zone));
        if ('error' in asked) return { error: `${asked.error}; ${asked.hint}` };
        return { journal: withLed(journal, asked.journal, now) };
      },
    }),
  );
  const { printAsked } = await import('./print-roll.ts');
  const { parentHere } = await import('../pipeline/parent-shows.ts');
  const parentOf = (zone: Name) => parentHere(zone, description);
  return writeJournals(host, places, confirmations, (outcomes) =>
    printAsked(host, globals, outcomes, { action, emergency, policyOf, parentOf, now }),
  );
}
