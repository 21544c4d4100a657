/** What stands between the owner and the RDATA of a record: TTL and class, in either order and each optional, and the type. */
import type { MasterLexer } from './master-lexer.ts';
import { SyntaxProblem, shownText } from './master-reading.ts';
import { parsePeriod } from './rdata/numbers.ts';
import { typeOfText } from './rdata/type-text.ts';
import { isMetaType, type TypeCode, typeName } from './type.ts';

/** RFC 2181 section 8. */
export const maxTtl = 0x7fff_ffff;

export interface RecordHeader {
  /** Seconds; -1 where it was left out. */
  ttl: number;
  type: TypeCode;
}

/**
 * Moves the lexer to the type and fills `header`.
 *
 * @throws SyntaxProblem
 */
export function readHeader(lexer: MasterLexer, header: RecordHeader): void {
  const { octets } = lexer;
  header.ttl = -1;
  let hasClass = false;
  for (;;) {
    if (!lexer.next()) throw new SyntaxProblem('master/type', 'a type was expected, but the record ends');
    const { start, end } = lexer;
    if (lexer.quoted) {
      throw new SyntaxProblem('master/type', 'a type was expected, found a quoted string', start - 1, end + 1);
    }
    const first = octets[start];
    if (first >= 0x30 && first <= 0x39) {
      if (header.ttl >= 0) throw new SyntaxProblem('master/ttl', 'the record has two TTLs', start, end);
      header.ttl = readTtl(lexer);
      continue;
    }
    if (!hasClass && isClass(lexer)) {
      hasClass = true;
      continue;
    }
    header.type = typeOfText(octets, start, end);
    if (header.type >= 0 && !isMetaType(header.type)) return;
    throw new SyntaxProblem('master/type', explainType(lexer, header.type), start, end);
  }
}

function explainType({ octets, start, end }: MasterLexer, type: TypeCode): string {
  if (type >= 0) return `the type ${typeName(type)} never stands in a zone`;
  const shown = shownText(octets, start, end);
  return octets[start] === 0x24 ? `${shown} is no type; a directive starts in the first column` : `${shown} is no type`;
}

/**
 * The TTL that the lexer stands on.
 *
 * @throws SyntaxProblem
 */
export function readTtl({ octets, start, end }: MasterLexer): number {
  const ttl = parsePeriod(octets, start, end);
  if (ttl >= 0 && ttl <= maxTtl) return ttl;
  const shown = shownText(octets, start, end);
  const what =
    ttl < 0
      ? `${shown} is no TTL (seconds or units such as 1h30m), and no type starts with a digit`
      : `the TTL ${shown} is above ${maxTtl} seconds`;
  throw new SyntaxProblem('master/ttl', what, start, end);
}

/** Whether the lexer stands on the class IN; another class is a problem (RFC 1035 section 5.2: all have the same). */
function isClass({ octets, start, end }: MasterLexer): boolean {
  const first = octets[start] & 0xdf;
  if (end - start === 2 && first === 0x49) return (octets[start + 1] & 0xdf) === 0x4e;
  // CH, CS, HS, NONE and CLASSnnn start with C, H or N.
  if ((first !== 0x43 && first !== 0x48 && first !== 0x4e) || end - start > 10) return false;
  const text = Buffer.from(octets.subarray(start, end)).toString('latin1').toUpperCase();
  if (/^CLASS0*1$/.test(text)) return true;
  if (!/^(?:CH|CHAOS|CS|HS|HESIOD|NONE|CLASS[0-9]{1,5})$/.test(text)) return false;
  throw new SyntaxProblem('zone/class', text, start, end);
}
