/** What each step of a zone's plan is called, why it is made, and what happens if it comes late. */
import type { Name } from '../dns/name.ts';
import { presentRData } from '../dns/rdata/index.ts';
import { Type, typeName } from '../dns/type.ts';
import { dsText } from '../dnssec/ds.ts';
import type { Journal, KeyId } from '../journal/journal.ts';
import { fromHex } from '../text/octets.ts';
import { readableTime } from '../text/time.ts';
import type { Ageing } from './ageing.ts';
import type { WantedKey } from './move.ts';
import type { Action } from './plan.ts';
import type { DsAction, DsCause } from './plan-ds.ts';
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
      | 'stop-signing-with'
      | 'unsign'
      | 'declare-unsigned';
  }
>;

export interface WordFacts {
  readonly journal: Journal;
  readonly policy: RolloverPolicy;
  readonly name: (key: KeyId) => string;
  readonly role?: string;
  /** Why a key is made. */
  readonly because?: string;
  /** Keys that stop in the same run. */
  readonly others?: readonly string[];
  /** Whether the key appears in the same run, before, or later. */
  readonly appears?: 'now' | 'later';
  /** Of what is built already; undefined: of what will be. */
  readonly serial?: number;
  readonly ageing?: Ageing;
  readonly dsCause?: DsCause;
}

export interface ActionWords {
  readonly title: string;
  readonly why: string;
  readonly ifLate: string;
  /** Of people. */
  readonly commands?: readonly string[];
  /** Master-file lines of the RRsets that change. */
  readonly after?: readonly string[];
}

export const causes: Readonly<Record<WantedKey['reason'], string>> = {
  first: 'the zone has no key yet',
  lifetime: 'the key before it reaches the end of its lifetime',
  request: 'it was asked for',
  algorithm: 'another algorithm or layout was asked for',
  layout: 'another layout of keys was asked for',
  standby: 'the policy wants a key that stands by for an emergency',
};

type Words = {
  readonly [K in ZoneAction['kind']]: (action: Extract<ZoneAction, { kind: K }>, facts: WordFacts) => ActionWords;
};

const words: Words = {
  'make-key': (_, { role = 'key', because = '' }) => ({
    title: `Make a new ${role.toUpperCase()}`,
    why: because,
    ifLate: 'the roll starts later; nothing breaks',
  }),
  'publish-dnskey': ({ key }, { name, journal }) => ({
    title: `Publish the DNSKEY of ${name(key)}`,
    why: 'caches must know a key before anything depends on it',
    ifLate: 'the roll takes longer; nothing breaks',
    after: dnskeyLines(journal),
  }),
  'sign-with': ({ key }, { name, journal, others = [], appears }) => {
    const instead = others.length > 0 ? `, no longer with ${others.join(' and ')}` : '';
    const verb =
      appears === 'now' ? `Publish ${name(key)} and sign the zone with it` : `Sign the zone with ${name(key)}`;
    const reasons = {
      now: 'keys and signatures appear together',
      later: 'resolvers that know the DNSKEY of an algorithm look for its signatures, so they come before it',
    };
    return {
      title: `${verb}${instead}`,
      why: appears === undefined ? 'every cache has its DNSKEY' : reasons[appears],
      ifLate: others.length > 0 ? 'the old key signs on; nothing breaks' : 'the roll takes longer; nothing breaks',
      after: dnskeyLines(journal),
    };
  },
  'stop-signing-with': ({ key }, { name }) => ({
    title: `Sign the zone no longer with ${name(key)}`,
    why: 'nothing depends on its signatures any more',
    ifLate: 'the zone stays larger than it must; nothing breaks',
  }),
  'withdraw-dnskey': ({ key }, { name, journal }) => ({
    title: `Withdraw the DNSKEY of ${name(key)}`,
    why: 'no cache needs it any more',
    ifLate: 'the DNSKEY answer stays larger than it must; nothing breaks',
    after: dnskeyLines(journal),
  }),
  unsign: (_, { journal }) => ({
    title: `Build ${plain(journal.zone)} without keys and signatures`,
    why: 'no cache has its DS any more, so no resolver looks for them',
    ifLate: 'the zone stays signed; nothing breaks while it is signed on',
    after: dnskeyLines(journal),
  }),
  'declare-unsigned': (_, { journal }) => ({
    title: `Write policy: unsigned for ${plain(journal.zone)}`,
    why: 'no cache has a key or a signature of it any more',
    ifLate: 'every build reminds of it; nothing breaks',
    commands: ['danezone check'],
  }),
  'confirm-published': (_, { journal, serial, ageing }) => ({
    title:
      serial === undefined
        ? 'Publish what was built on every name server, then confirm it'
        : `Publish serial ${serial} on every name server, then confirm it`,
    why: 'waiting times count from the day on which all name servers show something, not from the day on which it was built',
    ifLate:
      ageing === undefined
        ? 'every step after it waits'
        : `every step after it waits; in serial ${ageing.serial}, which servers showed last, signatures run out from ${readableTime(ageing.expiry)} on, and then validating resolvers have no answers`,
    commands: [`danezone confirm published ${plain(journal.zone)}${serial === undefined ? '' : ` --serial ${serial}`}`],
  }),
  'add-ds': (action, facts) => dsWords(action, 'Add the DS of', 'at', facts),
  'remove-ds': (action, facts) => dsWords(action, 'Remove the DS of', 'from', facts),
  'replace-ds': (action, facts) => dsWords(action, 'Replace the DS RRset by that of', 'at', facts),
};

export function actionWords(action: ZoneAction, facts: WordFacts): ActionWords {
  return (words[action.kind] as (of: ZoneAction, facts: WordFacts) => ActionWords)(action, facts);
}

function dsWords(action: DsAction, verb: string, where: string, facts: WordFacts): ActionWords {
  const { kind, keys, parent } = action;
  const { journal, policy, name, dsCause } = facts;
  const zone = plain(journal.zone);
  const rest = { ...dsReasons[dsCause ?? kind], after: dsLines(journal, policy) };
  if (parent !== undefined) {
    const what = `${kind === 'remove-ds' ? 'without' : 'with'} the DS of ${keys.map(name).join(' and ')}`;
    return {
      ...rest,
      title: `Publish ${plain(parent)} ${what} of ${zone}`,
      commands: [`danezone confirm published ${plain(parent)}`],
    };
  }
  const confirm = `danezone confirm ${kind === 'remove-ds' ? 'ds-gone' : 'ds-seen'} ${zone}`;
  const tells = policy.parent.interface !== 'cds' && dsCause !== 'last';
  return {
    ...rest,
    title: `${verb} ${keys.map(name).join(' and ')} ${where} the parent of ${zone}`,
    commands: tells ? [`danezone ds ${zone}`, confirm] : [confirm],
  };
}

const rolls = {
  why: 'every cache has the DNSKEY that it names',
  ifLate: 'the roll waits; the old key stays in use, nothing breaks',
};

const dsReasons: Readonly<Record<DsAction['kind'] | DsCause, { readonly why: string; readonly ifLate: string }>> = {
  first: {
    why: 'every cache has the DNSKEY and the signatures that the DS will make resolvers look for',
    ifLate: 'DNSSEC and DANE protect nobody until the DS is there; nothing breaks',
  },
  last: {
    why: 'the zone leaves DNSSEC: resolvers must forget the DS before the signatures go',
    ifLate: 'the zone stays signed; nothing breaks',
  },
  lost: {
    why: 'the DS that the parent shows leads to no key of the zone',
    ifLate:
      'validating resolvers refuse every answer of the zone, and mail to it is held back, until the parent shows what is asked for',
  },
  digests: {
    why: 'the policy names other digest types; the old ones stay until the new ones were seen',
    ifLate: 'the old digest types stay; nothing breaks',
  },
  ahead: {
    why: 'caches must have the DS before the key that it names takes over',
    ifLate: 'the roll waits; the old key stays in use, nothing breaks',
  },
  standby: {
    why: 'the DS of a stand-by key has to be in every cache before it is needed',
    ifLate: 'in an emergency no key is ready to take over; nothing breaks',
  },
  'add-ds': rolls,
  'replace-ds': rolls,
  'remove-ds': {
    why: 'every cache has the DS that takes its place',
    ifLate: 'the old key stays in the zone; nothing breaks',
  },
};

/** Without its final dot, as people write it. */
export const plain = (zone: Name) => (zone === '.' ? '.' : zone.replace(/\.$/, ''));

function dnskeyLines({ zone, rrsets }: Journal): string[] {
  const history = rrsets.find((rrset) => rrset.owner === zone && rrset.type === Type.DNSKEY);
  const version = history?.versions.findLast(({ dropped }) => dropped === undefined);
  return recordLines(zone, version?.ttl ?? 0, Type.DNSKEY, version?.records ?? []);
}

function dsLines({ zone, parentDs }: Journal, policy: RolloverPolicy): string[] {
  const asked = parentDs.findLast(({ dropped }) => dropped === undefined);
  return recordLines(zone, policy.parent.ttl, Type.DS, asked?.records ?? []);
}

/** Master-file lines of RDATA in hexadecimal. */
export function recordLines(
  owner: Name,
  ttl: number,
  type: typeof Type.DNSKEY | typeof Type.DS | typeof Type.TLSA,
  records: readonly string[],
): string[] {
  return records.map((record) => {
    const octets = fromHex(record) ?? new Uint8Array(0);
    const text = type === Type.DS ? dsText(octets) : presentRData(type, octets, 0, octets.length);
    return `${owner} ${ttl} IN ${typeName(type)} ${text}`;
  });
}
