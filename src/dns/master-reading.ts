/** What the files of one zone share while they are read, and how their problems are told. */
import type { Octets } from '../text/octets.ts';
import { type Position, type Report, type Rule, report } from '../text/problem.ts';
import { FieldError } from './fields.ts';
import type { MasterInput } from './master-reader.ts';
import type { OriginTable } from './origins.ts';
import { rules } from './rules.ts';
import { RecordCollector } from './zone-builder.ts';

const maxProblems = 100;
const defaultGenerateLimit = 65_536;
/** All $GENERATE of a zone together may make this many times the records of one. */
const generateFactor = 16;

export class Reading {
  readonly input: MasterInput;
  readonly origins: OriginTable;
  readonly collector = new RecordCollector();
  /** The owner of the first SOA record; -1 before there is one. */
  soaOwner = -1;
  /** $TTL, and the TTL of the record before; -1 before there is one. As in BIND, those of an included file stay. */
  defaultTtl: number;
  lastTtl = -1;
  /** Records that one $GENERATE may make, and that all may still make. */
  readonly generateLimit: number;
  generateLeft: number;
  /** Files that were included, and those that are being read, the outermost first. */
  includes = 0;
  readonly open: string[] = [];
  private readonly report: Report;
  private problems = 0;

  constructor(input: MasterInput, origins: OriginTable, to: Report) {
    this.input = input;
    this.origins = origins;
    this.report = to;
    this.defaultTtl = input.defaultTtl ?? -1;
    this.generateLimit = input.generateLimit ?? defaultGenerateLimit;
    this.generateLeft = generateFactor * this.generateLimit;
  }

  get hasProblems(): boolean {
    return this.problems > 0;
  }

  /** Nothing more is read: too many problems, or no room. */
  get stopped(): boolean {
    return this.problems >= maxProblems || this.collector.overflow !== undefined;
  }

  problem<Facts>(rule: Rule<Facts>, position: Position, facts: Facts): void {
    if (this.problems >= maxProblems) return;
    report(this.report, rule, position, facts);
    if (++this.problems < maxProblems) return;
    report(this.report, rules['master/too-many-problems'], position, { limit: maxProblems });
  }
}

/** The rules that say what is wrong in a sentence of their own. */
export type SyntaxRule = {
  [Id in keyof typeof rules]: (typeof rules)[Id] extends Rule<{ readonly what: string }> ? Id : never;
}[Exclude<keyof typeof rules, 'zone/too-large'>];

/** A problem of the octets `from`..`to` of the file, thrown to the loop over its records; -1: at the end of the record. */
export class SyntaxProblem extends FieldError {
  readonly addTo: (reading: Reading, position: Position) => void;

  constructor(rule: SyntaxRule, what: string, from?: number, to?: number);
  constructor(rule: 'zone/class', what: string, from: number, to: number);
  constructor(rule: SyntaxRule | 'zone/class', what: string, from = -1, to = -1) {
    super(what, from, to);
    this.addTo =
      rule === 'zone/class'
        ? (reading, position) => reading.problem(rules[rule], position, { class: what })
        : (reading, position) => reading.problem(rules[rule], position, { what });
  }
}

/** The octets as UTF-8, in quotes, cut short: for messages. */
export function shownText(octets: Octets, from: number, to: number): string {
  const limit = 60;
  const text = Buffer.from(octets.subarray(from, Math.min(to, from + limit))).toString('utf8');
  return JSON.stringify(to - from > limit ? `${text.replace(/\ufffd+$/, '')}…` : text);
}
