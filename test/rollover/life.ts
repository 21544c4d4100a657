/**
 * The life of a zone under a virtual clock, made here from the values alone: step, build, see it published, see the DS, go on to the
 * next event. What is built follows from the states of the keys, as ROLLOVER section 1 says.
 */
import { sha256 } from '../../src/crypto/digest.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { keyTag } from '../../src/dnssec/key-tag.ts';
import type { BuiltRRset, BuiltZone } from '../../src/journal/built-zone.ts';
import {
  type Journal,
  type KeyRecord,
  keyId,
  newJournal,
  type Signed,
  type Timeline,
} from '../../src/journal/journal.ts';
import { withBuilt } from '../../src/journal/with-built.ts';
import { tupleOf } from '../../src/rollover/key-records.ts';
import type { Move, WantedKey } from '../../src/rollover/move.ts';
import type { RolloverPolicy } from '../../src/rollover/policy.ts';
import type { Answer } from '../../src/rollover/requests.ts';
import { cdsWanted, dnskeySet, dsWanted, signersOf } from '../../src/rollover/rrsets.ts';
import { byStandby } from '../../src/rollover/standby.ts';
import { type StepInput, type StepResult, step } from '../../src/rollover/step.ts';
import type { Switches } from '../../src/rollover/switches.ts';
import { withNewKey } from '../../src/rollover/wanted-keys.ts';
import { hex } from '../../src/text/octets.ts';

export const hour = 3600;
export const day = 24 * hour;

export const zone = name('example.test');

/** The defaults of danezone: see src/describe/defaults.ts. */
export const policy: RolloverPolicy = {
  keys: { layout: 'csk', algorithm: 13 },
  ttls: { dnskey: hour, tlsa: 900, max: day, negative: 300 },
  signatures: { validity: 21 * day, refresh: 10 * day },
  runInterval: day,
  zonePropagationDelay: hour,
  publishSafety: hour,
  retireSafety: hour,
  expire: 7 * day,
  publication: { kind: 'evidence' },
  parent: {
    ttl: day,
    propagationDelay: hour,
    registrationDelay: day,
    digests: [2],
    maxDs: 4,
    replace: 'add-remove',
    interface: 'ds',
  },
  algorithmOrder: 'conservative',
  manual: false,
};

export const splitKeys: RolloverPolicy = { ...policy, keys: { ...policy.keys, layout: 'ksk-zsk' } };

/** A key that nobody can use: `number` is its public half, the same for every run. */
export function madeKey(role: WantedKey['role'], algorithm: number, number: number): Pick<KeyRecord, 'id' | 'rdata'> {
  const half = sha256(Buffer.from(`${role} ${algorithm} ${number}`));
  const rdata = Buffer.concat([Buffer.from([1, role === 'zsk' ? 0 : 1, 3, algorithm]), half, half]);
  return { id: keyId(algorithm, keyTag(rdata)), rdata: hex(rdata) };
}

export interface LifeOptions {
  readonly switches?: Switches;
  readonly tlsa?: BuiltRRset;
  readonly unserved?: StepInput['unserved'];
}

export class Life {
  journal: Journal;
  now: number;
  made: WantedKey[] = [];
  moves: Move[] = [];
  /** K1, K2 … in the order in which they were made. */
  readonly #names = new Map<string, string>();
  readonly #start: number;

  constructor(
    public policy: RolloverPolicy,
    public options: LifeOptions = {},
    start = 1_800_000_000,
  ) {
    this.now = start;
    this.#start = start;
    this.journal = newJournal(zone, start);
  }

  /** A zone whose first keys are all in place. */
  static signed(policy: RolloverPolicy, options: LifeOptions = {}): Life {
    const life = new Life(policy, options);
    life.story(policy.parent.ttl * 4 + 30 * day);
    return life;
  }

  /** Takes the answer to a request over, with the keys that it asks for. */
  ask(answer: Answer): this {
    if ('error' in answer) throw new Error(answer.error);
    this.journal = answer.journal;
    for (const wanted of answer.wanted) this.add(wanted);
    return this;
  }

  /** One run of the tool, without a word about what was seen. */
  build(): StepResult {
    let result = this.look();
    this.moves = [...result.moves];
    for (;;) {
      this.journal = { ...this.journal, keys: result.keys };
      if (result.wanted.length === 0) break;
      for (const wanted of result.wanted) this.add(wanted);
      result = this.look();
      this.moves.push(...result.moves);
    }
    this.journal = withBuilt(this.journal, this.#built(), this.now);
    return this.look();
  }

  add(asked: WantedKey): string {
    const wanted = byStandby(asked, this.journal.keys);
    const standby = this.journal.keys.find(({ id }) => id === wanted.activates);
    if (standby !== undefined) {
      this.journal = { ...this.journal, keys: withNewKey(this.journal.keys, standby, wanted, this.policy, this.now) };
      return standby.id;
    }
    const key = madeKey(wanted.role, wanted.algorithm, this.#names.size);
    this.#names.set(key.id, `K${this.#names.size + 1}`);
    this.made.push(wanted);
    this.journal = { ...this.journal, keys: withNewKey(this.journal.keys, key, wanted, this.policy, this.now) };
    return key.id;
  }

  look(): StepResult {
    const { journal, policy, now, options } = this;
    return step({ journal, policy, now, switches: options.switches, unserved: options.unserved });
  }

  /** Every name server is seen with what was built last. */
  publish(): void {
    const seen = <V extends Timeline>(version: V): V => {
      const { dropped, service } = version;
      if (dropped === undefined) {
        return service.state === 'unseen'
          ? { ...version, service: { state: 'published', from: this.now, evidence: 1 } }
          : version;
      }
      if (service.state === 'gone') return version;
      const from = service.state === 'published' ? service.from : undefined;
      return { ...version, service: { state: 'gone', from, until: this.now, evidence: 1 } };
    };
    const { journal } = this;
    this.journal = {
      ...journal,
      content: journal.content.map(seen),
      rrsets: journal.rrsets.map((history) => ({ ...history, versions: history.versions.map(seen) })),
    };
  }

  /** Every parent server is seen with these DS; undefined: with those that it should have. */
  showDs(records: readonly string[] = dsWanted(this.journal, this.policy), ttl = this.policy.parent.ttl): void {
    const { journal, now } = this;
    const fact = { kind: 'ds-seen', records, ttl } as const;
    const id = journal.evidence.length + 1;
    this.journal = { ...journal, evidence: [...journal.evidence, { id, at: now, by: 'test', servers: [], fact }] };
  }

  /** A run after which everybody does at once what there is to do. */
  turn(): StepResult {
    this.build();
    this.publish();
    this.showDs();
    return this.look();
  }

  /** `K1 OOOH K2 RHRH`, keys in the order in which they were made; those of which nothing is left are left out. */
  states(): string {
    return [...this.#names]
      .flatMap(([id, name]) => {
        const key = this.journal.keys.find((other) => other.id === id);
        return key === undefined || (key.goal === 'hidden' && tupleOf(key) === 'HHHH') ? [] : `${name} ${tupleOf(key)}`;
      })
      .join(' ');
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /**
   * What the states are from event to event until nothing more comes, or until `end` (seconds from now): hours from now and states.
   */
  story(end = 3650 * day): readonly (readonly [hours: number, states: string])[] {
    const from = this.now;
    const rows: (readonly [number, string])[] = [];
    for (;;) {
      const { nextEvent, moves } = this.turn();
      const states = this.states();
      if (rows.at(-1)?.[1] !== states) rows.push([(this.now - from) / hour, states]);
      // What was just seen lets something move at once.
      if (moves.length > 0) continue;
      if (nextEvent === undefined || nextEvent > from + end) return rows;
      this.now = nextEvent;
    }
  }

  since(): number {
    return this.now - this.#start;
  }

  #built(): BuiltZone {
    const { journal, policy } = this;
    const signers = signersOf(journal.keys);
    const signed = (by: readonly string[]): Signed | undefined =>
      by.length === 0
        ? undefined
        : { signers: by, inception: this.now - 3 * hour, expiration: this.now + policy.signatures.validity };
    const apex = (type: number, records: readonly string[]): BuiltRRset[] =>
      records.length === 0
        ? []
        : [{ owner: zone, type, records, ttl: policy.ttls.dnskey, signed: signed(signers.dnskey) }];
    const { cds, cdnskey } = cdsWanted(journal, policy);
    const { tlsa } = this.options;
    return {
      serial: 1,
      serialPolicy: 'counter',
      contentDigest: '',
      content: {
        largestTtl: policy.ttls.max,
        negativeTtl: policy.ttls.negative,
        expire: policy.expire,
        signed: signed(signers.zone),
      },
      rrsets: [
        ...apex(Type.DNSKEY, dnskeySet(journal.keys, policy)),
        ...apex(Type.CDS, cds),
        ...apex(Type.CDNSKEY, cdnskey),
        ...(tlsa === undefined ? [] : [{ ...tlsa, signed: signed(signers.zone) }]),
      ],
      parentDs: dsWanted(journal, policy),
    };
  }
}
