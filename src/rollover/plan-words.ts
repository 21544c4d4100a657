/** What each step of a zone's plan is called, why it is made, and what happens if it comes late. */
import type { Name } from '../dns/name.ts';
import { presentRData } from '../dns/rdata/index.ts';
import { Type } from '../dns/type.ts';
import type { Journal, KeyId } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import type { Ageing } from './ageing.ts';
import type { Precondition } from './move.ts';
import type { Action } from './plan.ts';
import type { RolloverPolicy } from './policy.ts';

export type ZoneAction = Extract<
  Action,
  {
    kind:
      | 'confirm-published'
      | 'add-ds'
      | 'remove-ds'
      | 'replace-ds'
      | 'make-key'
      | 'publish-dnskey'
      | 'withdraw-dnskey'
      | 'sign-with'
      | 'stop-signing-with';
  }
>;

export interface WordFacts {
  readonly zone: Name;
  readonly policy: RolloverPolicy;
  readonly name: (key: KeyId) => string;
  readonly role?: string;
  readonly because?: string;
  /** Keys that stop in the same run. */
  readonly others: readonly string[];
  /** The key appears in the same run. */
  readonly isNew: boolean;
  readonly serial?: number;
  readonly ageing?: Ageing;
  /** Of a DS: the zone gets its first one, or loses its last. */
  readonly edge?: 'first' | 'last';
}

export interface ActionWords {
  readonly title: string;
  readonly reason: string;
  readonly ifLate: string;
  readonly commands: readonly string[];
  readonly needs: (journal: Journal) => readonly Precondition[];
  /** Master-file lines of the RRsets that change. */
  readonly after: (journal: Journal) => readonly string[];
}

const causes: Readonly<Record<string, string>> = {
  first: 'the zone has no key yet',
  lifetime: 'the key before it reaches the end of its lifetime',
  request: 'it was asked for',
  algorithm: 'the policy names another algorithm',
  layout: 'the policy names another layout of keys',
};

export function actionWords(action: ZoneAction, facts: WordFacts): ActionWords {
  const { zone, policy, name, role = 'key', because = '', others, isNew, serial, ageing } = facts;
  const apex = zone === '.' ? '.' : zone.replace(/\.$/, '');
  const nothing = { needs: () => [], after: () => [], commands: ['danezone build'] };
  const dnskeys = { after: (journal: Journal) => linesOf(journal, Type.DNSKEY) };
  switch (action.kind) {
    case 'make-key':
      return {
        ...nothing,
        title: `Make a new ${role.toUpperCase()}`,
        reason: causes[because] ?? because,
        ifLate: 'the roll starts later; nothing breaks',
      };
    case 'publish-dnskey':
      return {
        ...nothing,
        ...dnskeys,
        title: `Publish the DNSKEY of ${name(action.key)}`,
        reason: 'caches must know a key before anything depends on it',
        ifLate: 'the roll takes longer; nothing breaks',
      };
    case 'sign-with': {
      const instead = others.length > 0 ? `, no longer with ${others.join(' and ')}` : '';
      return {
        ...nothing,
        ...dnskeys,
        title: isNew
          ? `Publish ${name(action.key)} and sign the zone with it${instead}`
          : `Sign the zone with ${name(action.key)}${instead}`,
        reason: isNew ? 'keys and signatures appear together' : 'every cache has its DNSKEY',
        ifLate: 'the old key signs on; nothing breaks',
      };
    }
    case 'stop-signing-with':
      return {
        ...nothing,
        title: `Sign the zone no longer with ${name(action.key)}`,
        reason: 'nothing depends on its signatures any more',
        ifLate: 'the zone stays larger than it must; nothing breaks',
      };
    case 'withdraw-dnskey':
      return {
        ...nothing,
        ...dnskeys,
        title: `Withdraw the DNSKEY of ${name(action.key)}`,
        reason: 'no cache needs it any more',
        ifLate: 'the DNSKEY answer stays larger than it must; nothing breaks',
      };
    case 'confirm-published':
      return {
        title: `Publish serial ${serial} on every name server, then confirm it`,
        reason:
          'waiting times count from the day on which all name servers show something, not from the day on which it was built',
        ifLate:
          ageing === undefined
            ? 'every step after it waits'
            : `every step after it waits; in serial ${ageing.serial}, which servers showed last, signatures run out from ${readableTime(ageing.expiry)} on, and then validating resolvers have no answers`,
        commands: [`danezone confirm published ${apex} --serial ${serial}`],
        needs: () => [],
        after: () => [],
      };
    case 'add-ds':
    case 'remove-ds':
    case 'replace-ds': {
      const keys = action.keys.map(name).join(' and ');
      const verb = {
        'add-ds': `Add the DS of ${keys} at`,
        'remove-ds': `Remove the DS of ${keys} from`,
        'replace-ds': `Replace the DS RRset by that of ${keys} at`,
      }[action.kind];
      const follows = policy.parent.interface === 'cds';
      return {
        title: `${verb} the parent of ${apex}`,
        ...dsWords(action.kind, facts.edge),
        commands: follows
          ? [`danezone confirm ds-seen ${apex}`]
          : [`danezone ds ${apex}`, `danezone confirm ds-seen ${apex}`],
        needs: () => [
          action.kind === 'remove-ds' ? { kind: 'ds-gone', keys: action.keys } : { kind: 'ds-seen', keys: action.keys },
        ],
        after: (journal) => dsLines(journal, policy),
      };
    }
  }
}

function dsWords(kind: 'add-ds' | 'remove-ds' | 'replace-ds', edge: WordFacts['edge']) {
  if (edge === 'first') {
    return {
      reason: 'every cache has the DNSKEY and the signatures that the DS will make resolvers look for',
      ifLate: 'DNSSEC and DANE protect nobody until the DS is there; nothing breaks',
    };
  }
  if (edge === 'last') {
    return {
      reason: 'the zone leaves DNSSEC: resolvers must forget the DS before the signatures go',
      ifLate: 'the zone stays signed; nothing breaks',
    };
  }
  return kind === 'remove-ds'
    ? {
        reason: 'every cache has the DS that takes its place',
        ifLate: 'the old key stays in the zone; nothing breaks',
      }
    : {
        reason: 'every cache has the DNSKEY that it names',
        ifLate: 'the roll waits; the old key stays in use, nothing breaks',
      };
}

function linesOf(journal: Journal, type: number): string[] {
  const history = journal.rrsets.find((rrset) => rrset.owner === journal.zone && rrset.type === type);
  const version = history?.versions.findLast(({ dropped }) => dropped === undefined);
  return (version?.records ?? []).map((record) => line(journal.zone, version?.ttl ?? 0, type, record));
}

function dsLines(journal: Journal, policy: RolloverPolicy): string[] {
  const asked = journal.parentDs.findLast(({ dropped }) => dropped === undefined);
  return (asked?.records ?? []).map((record) => line(journal.zone, policy.parent.ttl, Type.DS, record));
}

function line(owner: Name, ttl: number, type: number, record: string): string {
  const octets = fromHex(record) ?? new Uint8Array(0);
  const word = type === Type.DS ? 'DS' : 'DNSKEY';
  return `${owner} ${ttl} IN ${word} ${presentRData(type, octets, 0, octets.length)}`;
}
