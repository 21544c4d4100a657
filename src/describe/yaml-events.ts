/**
 * The quick reading, by js-yaml's parser: fifteen times as fast as the yaml package, and with the same places. It takes
 * only what both understand alike and in which nothing is wrong; for all else it gives up, and the careful reading
 * (yaml-composed.ts) says what is to be said. test/describe/yaml-readings.test.ts holds the two together.
 */
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { newReport } from '../text/problem.ts';
import { coreValue } from './core-schema.ts';
import { limits } from './limits.ts';
import type { Source, YamlMap, YamlNode, YamlScalar } from './tree.ts';
import { type MapDraft, TreeBuilder } from './tree-builder.ts';

type EventOf<Kind extends keyof typeof EVENT_ID> = Extract<Event, { type: (typeof EVENT_ID)[Kind] }>;

/**
 * Tabs, lone carriage returns, byte order marks inside a text, markers of documents apart from a line `---`: readers of
 * YAML disagree on them.
 */
const contested = /[\t\ufeff]|\r(?!\n)|^(?:%|\.\.\.|---[^\r\n])/m;

/** The careful reading counts levels in another way; it decides about those near the limit. */
const maxDepth = limits.depth - 4;

/** YAML takes 1,024 characters for a key and what stands before it. */
const longestKey = 1000;

/** The top of the file, or undefined where this reader is not sure. */
export function readEvents(source: Source): YamlMap | undefined {
  if (contested.test(source.text)) return undefined;
  try {
    const events = parseEvents(source.text, { maxDepth });
    return new EventReader(source, events).read();
  } catch (error) {
    // What js-yaml throws is about the text; the careful reading says it in our words.
    if (error instanceof Unsure || (error instanceof Error && error.name === 'YAMLException')) return undefined;
    throw error;
  }
}

/** Ends the quick reading. */
class Unsure extends Error {}

class EventReader {
  private readonly problems = newReport();
  private readonly builder: TreeBuilder;
  private readonly text: string;
  /** Of the next event. */
  private at = 0;
  /** Where the part of the text that was read ends. */
  private end = 0;

  constructor(
    source: Source,
    private readonly events: readonly Event[],
  ) {
    this.builder = new TreeBuilder(source, this.problems);
    this.text = source.text;
  }

  read(): YamlMap | undefined {
    const document = this.next();
    if (document?.type !== EVENT_ID.DOCUMENT) return undefined;
    if (document.explicitEnd || document.directives.length > 0) return undefined;
    const root = this.builder.root(this.node(this.next()));
    this.demand(this.next()?.type === EVENT_ID.POP && this.at === this.events.length);
    return this.problems.problems.length === 0 ? root : undefined;
  }

  private next(): Event | undefined {
    return this.events[this.at++];
  }

  private demand(holds: boolean): asserts holds {
    if (!holds) throw new Unsure();
  }

  private node(event: Event | undefined): YamlNode {
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.scalar(event);
      case EVENT_ID.ALIAS:
        return this.alias(event);
      case EVENT_ID.SEQUENCE:
        return this.list(event);
      case EVENT_ID.MAPPING:
        return this.map(event);
      default:
        throw new Unsure();
    }
  }

  private scalar(event: EventOf<'SCALAR'>): YamlScalar {
    // Of what is not written, the readers say different places.
    this.demand(event.valueStart >= 0);
    const name = this.anchorOf(event);
    const node = this[readers[event.style]](event);
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  private plain({ valueStart, valueEnd, fast }: EventOf<'SCALAR'>): YamlScalar {
    // `fast`: on one line.
    this.demand(fast);
    this.end = valueEnd;
    const text = this.text.slice(valueStart, valueEnd);
    return this.builder.scalar(valueStart, valueEnd, text, coreValue(text), 'plain');
  }

  private quoted(event: EventOf<'SCALAR'>): YamlScalar {
    const { valueStart, valueEnd, fast, style } = event;
    // They disagree on an escaped line break before an empty line.
    this.demand(fast || !/\n *\r?\n/.test(this.text.slice(valueStart, valueEnd)));
    this.end = valueEnd + 1;
    const text = getScalarValue(this.text, event);
    const quotes = style === SCALAR_STYLE.SINGLE_QUOTED ? 'single' : 'double';
    return this.builder.scalar(valueStart - 1, this.end, text, text, quotes);
  }

  /** Behind a colon, indented as its first line is, without empty lines. */
  private block(event: EventOf<'SCALAR'>): YamlScalar {
    const { valueStart, valueEnd, anchorStart } = event;
    const header = /: +[|>]-?\r?\n$/.exec(this.text.slice(this.end, valueStart));
    this.demand(header !== null && header.index === 0 && anchorStart < 0);
    this.demand(!/^ *\r?$/m.test(this.text.slice(valueStart, valueEnd).replace(/(?:\n\r?)*\n?$/, '')));
    const from = this.end + header[0].search(/[|>]/);
    this.end = valueEnd;
    const text = getScalarValue(this.text, event);
    return this.builder.scalar(from, valueEnd, text, text, 'block');
  }

  private alias({ anchorStart, anchorEnd }: EventOf<'ALIAS'>): YamlNode {
    this.end = anchorEnd;
    const node = this.builder.alias(this.nameAt(anchorStart, anchorEnd), anchorStart - 1, anchorEnd);
    this.demand(node !== undefined);
    return node;
  }

  /** The anchor of a node, open from here on; no node may have a tag. */
  private anchorOf(event: EventOf<'SCALAR' | 'SEQUENCE' | 'MAPPING'>): string | undefined {
    this.demand(event.tagStart < 0);
    if (event.anchorStart < 0) return undefined;
    const name = this.nameAt(event.anchorStart, event.anchorEnd);
    this.builder.openAnchor(name);
    return name;
  }

  private nameAt(from: number, to: number): string {
    const name = this.text.slice(from, to);
    this.demand(/^[\w-]+$/.test(name));
    return name;
  }

  private list(event: EventOf<'SEQUENCE'>): YamlNode {
    const name = this.anchorOf(event);
    const isFlow = this.text[event.start] === '[';
    this.end = event.start + 1;
    const items: YamlNode[] = [];
    for (let next = this.next(); next?.type !== EVENT_ID.POP; next = this.next()) {
      // `[key: value]` is a map without braces, of which the readers say different ends.
      if (isFlow) this.demand(this.gapEnd() === startOf(next) && !isBlock(next, this.text));
      items.push(this.node(next));
    }
    const node = this.builder.list(event.start, isFlow ? this.close(']') : undefined, items);
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  private map(event: EventOf<'MAPPING'>): YamlNode {
    const name = this.anchorOf(event);
    const isFlow = this.text[event.start] === '{';
    this.end = isFlow ? event.start + 1 : event.start;
    const draft: MapDraft = { entries: new Map(), merged: [] };
    for (let next = this.next(); next?.type !== EVENT_ID.POP; next = this.next()) {
      if (isFlow) this.demand(this.gapEnd() === startOf(next));
      // With an anchor in front of the first key, the readers say different places.
      this.demand(next?.type === EVENT_ID.SCALAR && next.anchorStart < 0);
      const key = this.node(next);
      this.demand(this.builder.isKey(key) && this.endsKey(key));
      const value = this.next();
      this.demand(this.isPlaced(value, isFlow));
      this.builder.add(key, this.node(value), draft);
    }
    const node = this.builder.map(event.start, isFlow ? this.close('}') : undefined, draft);
    if (name !== undefined) this.builder.closeAnchor(name, node);
    return node;
  }

  /** Whether the key is one text on one line with its colon right behind it. */
  private endsKey(key: YamlScalar): boolean {
    let colon = this.end;
    while (this.text[colon] === ' ') colon++;
    return (
      this.text[colon] === ':' && colon - key.from < longestKey && !this.text.slice(key.from, colon).includes('\n')
    );
  }

  /** Whether a value stands behind its colon as both readers take it: a block collection begins a line of its own. */
  private isPlaced(value: Event | undefined, isFlow: boolean): boolean {
    const from = this.text.indexOf(':', this.end) + 1;
    const start = startOf(value);
    if (isFlow) return /^ *$/.test(this.text.slice(from, start));
    return !isBlock(value, this.text) || this.text.slice(Math.max(from, value.anchorEnd), value.start).includes('\n');
  }

  /** Behind the comma, space and comments after the last value. A comment that stands before its comma is contested. */
  private gapEnd(): number {
    gap.lastIndex = this.end;
    gap.test(this.text);
    return gap.lastIndex;
  }

  /** Behind the bracket that comes after the last value of a flow collection. */
  private close(bracket: ']' | '}'): number {
    const at = this.gapEnd();
    this.demand(this.text[at] === bracket);
    return (this.end = at + 1);
  }
}

const gap = /(?: *,(?:[ \r\n]|(?<=[ \n])#[^\n]*)*|(?<=[[{])(?:[ \r\n]|(?<=[ \n])#[^\n]*)*|[ \r\n]*)/y;

const readers = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'quoted',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'quoted',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'block',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'block',
} as const;

function isBlock(event: Event | undefined, text: string): event is EventOf<'MAPPING' | 'SEQUENCE'> {
  if (event?.type === EVENT_ID.MAPPING) return text[event.start] !== '{';
  return event?.type === EVENT_ID.SEQUENCE && text[event.start] !== '[';
}

/** Where a node begins, its anchor included. */
function startOf(event: Event | undefined): number {
  switch (event?.type) {
    case EVENT_ID.SCALAR:
      if (event.anchorStart >= 0) return event.anchorStart - 1;
      return event.style === SCALAR_STYLE.PLAIN ? event.valueStart : event.valueStart - 1;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.anchorStart >= 0 ? event.anchorStart - 1 : event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    default:
      return -1;
  }
}
