import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyFixes, editsOf } from '../../src/describe/fix.ts';
import { readYaml } from '../../src/describe/yaml-document.ts';
import { type Fix, newReport } from '../../src/text/problem.ts';
import { described } from './described.ts';

const file = 'zones/a.yaml';

/** The fixes that the description offers, applied until none is left. */
function fixed(yaml: string): string {
  let text = yaml;
  for (let round = 0; round < 10; round++) {
    const fixes = described(text).problems.flatMap(({ fix }) => fix ?? []);
    const made = applyFixes(file, Buffer.from(text), fixes);
    if (made === undefined) return text;
    text = Buffer.from(made.octets).toString('utf8');
  }
  return text;
}

/** A fix of the first place where `written` stands. */
function fixOf(yaml: string, written: string, text: string): Fix {
  const before = yaml.slice(0, yaml.indexOf(written)).split('\n');
  const position = { file, line: before.length, column: before[before.length - 1].length + 1, length: written.length };
  return { position, text };
}

const apply = (yaml: string, ...fixes: Fix[]) => {
  const made = applyFixes(file, Buffer.from(yaml), fixes);
  return made === undefined ? undefined : Buffer.from(made.octets).toString('utf8');
};

describe('what is offered', () => {
  const domain = (rest: string) => `domains:\n  example.org:\n    nameservers: [ns1.example.net]\n${rest}`;
  test.each([
    ['a key', domain('    recrods: {}\n'), 'recrods', 'records'],
    ['a key with other dashes', 'parents: {default: {max_ds: 2}}\n', 'max_ds', 'max-ds'],
    ['a section', 'domians: {}\n', 'domians', 'domains'],
    ['one of a few words', 'parents: {default: {interface: keyy}}\n', 'keyy', 'key'],
    ['a duration in words', domain('    ttl: 1 hour\n'), '1 hour', '1h'],
    [
      'an owner that repeats the domain',
      domain('    records: {www.example.org: {A: 192.0.2.1}}\n'),
      'www.example.org:',
      'www:',
    ],
    ['an owner that is the domain', domain('    records: {example.org: {A: 192.0.2.1}}\n'), '{example.org:', "{'@':"],
    ['a record type', domain('    records: {www: {CNMAE: mx1.example.net}}\n'), 'CNMAE', 'CNAME'],
    ['a placeholder', domain("    records: {www: {CNAME: 'mx1.{{domian}}'}}\n"), '{{domian}}', '{{domain}}'],
    [
      'an algorithm',
      'policies: {default: {keys: {algorithm: ECDSA-P256SHA256}}}\n',
      'ECDSA-P256SHA256',
      'ECDSAP256SHA256',
    ],
    ['a digest type', 'parents: {default: {digests: [SAH-256]}}\n', 'SAH-256', 'SHA-256'],
    ['a service', 'hosts: {mx1.example.org: {services: {smpt: []}}}\n', 'smpt', 'smtp'],
    ['a service with its protocol', 'hosts: {mx1.example.org: {services: {sntp/tcp: []}}}\n', '', ''],
    ['a path with backslashes', 'certificates: {a: {chain: certs\\a.pem}}\n', 'certs\\a.pem', 'certs/a.pem'],
    [
      'a name that is declared',
      'certificates: {mx1-ecdsa: {chain: a.pem}}\nhosts: {mx1.example.org: {services: {smtp: [mx1-ecsda]}}}\n',
      'mx1-ecsda',
      'mx1-ecdsa',
    ],
    [
      'another name, which is not declared',
      'certificates: {mx1: {chain: a.pem}}\nhosts: {mx1.example.org: {services: {smtp: [mx2]}}}\n',
      '',
      '',
    ],
    [
      'a matching type as openssl says it',
      'hosts: {mx1.example.org: {tlsa: [DANE-EE SPKI SHA256]}}\n',
      'SHA256',
      'SHA2-256',
    ],
    ['a selector', "hosts: {mx1.example.org: {tlsa: ['DANE-EE   SPIK SHA2-256']}}\n", 'SPIK', 'SPKI'],
    ['a usage that may be either', 'hosts: {mx1.example.org: {tlsa: [DANE-AE SPKI SHA2-256]}}\n', '', ''],
    [
      'an anchor without its quotes',
      'hosts: {mx1.example.org: {tlsa: [DANE-TA SPKI SHA2-256 ISRG Root X1]}}\n',
      'DANE-TA SPKI SHA2-256 ISRG Root X1',
      `'DANE-TA SPKI SHA2-256 "ISRG Root X1"'`,
    ],
    ['months', domain('    ttl: 1 month\n'), '', ''],
    ['a single label', domain('    mail: [{host: mx1}]\n'), '', ''],
  ])('%s', (_, yaml, written, instead) => {
    expect(fixed(yaml)).toBe(yaml.replace(written, instead));
    // Whatever was fixed is no problem any more.
    if (written !== '') {
      const before = described(yaml).problems.filter(({ fix }) => fix !== undefined);
      const after = described(fixed(yaml)).problems.map(({ rule, message }) => `${rule} ${message}`);
      expect(before.length).toBeGreaterThan(0);
      for (const { rule, message } of before) expect(after).not.toContain(`${rule} ${message}`);
    }
  });

  test('an owner in a template is left alone: it may be right for another domain', () => {
    const { problems } = described(
      'templates: {web: {nameservers: [ns1.example.net], records: {www.example.org: {A: 192.0.2.1}}}}\n' +
        'domains: {example.org: {like: web}, example.net: {like: web}}\n',
    );
    expect(problems.map(({ rule, fix }) => [rule, fix])).toEqual([['describe/owner-repeats-domain', undefined]]);
  });

  test('a name is not taken for another one while a file that may declare it cannot be read', () => {
    const { problems } = described({
      'zones/a.yaml':
        'certificates: {mx1-ecdsa: {chain: a.pem}}\nhosts: {mx1.example.org: {services: {smtp: [mx1-ecsda]}}}\n',
      'zones/b.yaml': 'certificates: {mx1-ecsda: {chain: b.pem}\n',
    });
    expect(problems.filter(({ fix }) => fix !== undefined)).toEqual([]);
    expect(problems.map(({ rule }) => rule)).toContain('describe/unknown-reference');
  });

  test('the text of an alias is corrected where it is written, once', () => {
    const yaml = `x-ttl: &ttl 1 hour # an hour\ndomains:\n  a.example: {nameservers: [n.example.net], ttl: *ttl}\n  b.example: {nameservers: [n.example.net], ttl: *ttl}\n`;
    expect(fixed(yaml)).toBe(yaml.replace('1 hour', '1h'));
  });
});

describe('comments and layout stay', () => {
  test('whatever stands around the fix', () => {
    const yaml = [
      '# recrods: the first comment\t ',
      '',
      'domains:   # trailing   ',
      '      "example.org":',
      "            'nameservers'  :  [ 'ns1.example.net' ,ns2.example.net   ]   #x",
      '            ? recrods   # an explicit key',
      '            :',
      '               www :   {   CNAME  :   "mx1.example.net"   ,   } # 1 hour',
      '            ttl:',
      '                  1 hour   # one',
      '            soa: { refresh:   "30 minutes" , retry: \'10 min\' ,contact: a@example.org}',
      '',
      '            # the end',
      '',
    ].join('\n');
    const wanted = yaml
      .replace('? recrods', '? records')
      .replace('1 hour   # one', '1h   # one')
      .replace('"30 minutes"', '"30m"')
      .replace("'10 min'", "'10m'");
    expect(fixed(yaml)).toBe(wanted);
    expect(fixed(yaml.replaceAll('\n', '\r\n'))).toBe(wanted.replaceAll('\n', '\r\n'));
  });

  test('a byte order mark, and a file without a final line break', () => {
    const yaml = '\ufeffdomians: {}';
    expect(fixed(yaml)).toBe('\ufeffdomains: {}');
  });

  test('the quotes that stand there', () => {
    expect(apply("a: 'x'\n", fixOf("a: 'x'\n", "'x'", "it's"))).toBe("a: 'it''s'\n");
    expect(apply('a: "x"\n', fixOf('a: "x"\n', '"x"', 'a "b" \\c'))).toBe('a: "a \\"b\\" \\\\c"\n');
    expect(apply('a: x\n', fixOf('a: x\n', 'x', '#no comment'))).toBe("a: '#no comment'\n");
    expect(apply('a: [x, y]\n', fixOf('a: [x, y]\n', 'x', 'b, c'))).toBe("a: ['b, c', y]\n");
    expect(apply('a: x\n', fixOf('a: x\n', 'x', 'null'))).toBe("a: 'null'\n");
    expect(apply('a: x\n', fixOf('a: x\n', 'x', '1e3'))).toBe("a: '1e3'\n");
    expect(apply('a: x\n', fixOf('a: x\n', 'x', 'b: c'))).toBe("a: 'b: c'\n");
  });

  test('a part of a text', () => {
    expect(apply('a: one two three\n', fixOf('a: one two three\n', 'two', '2'))).toBe('a: one 2 three\n');
    expect(apply("a: 'one {{x}} three'\n", fixOf("a: 'one {{x}} three'\n", '{{x}}', '{{y}}'))).toBe(
      "a: 'one {{y}} three'\n",
    );
  });

  test('characters outside of the BMP count as in every position: two', () => {
    const yaml = '{"😀": x, b: 1 hour} # 😀\n';
    expect(apply(yaml, fixOf(yaml, '1 hour', '1h'))).toBe('{"😀": x, b: 1h} # 😀\n');
  });
});

describe('nothing is written that would not read back as what was meant', () => {
  test.each([
    ['a block of text', 'a: |\n  x\nb: 1\n', '|', 'y'],
    ['a text over two lines', 'a: x\n  y\n', 'x', 'z'],
    ['a key that stands there already', '{records: 1, recrods: 2}\n', 'recrods', 'records'],
    [
      'a placeholder, which is another text in each domain',
      "a: 'mx.{{domain}}'\n",
      "'mx.{{domain}}'",
      'mx.example.org',
    ],
    ['a part whose place escapes would shift', 'a: "\\x6fne two"\n', 'two', 'three'],
    ['a part that would end the text', 'a: one two\n', 'two', 'x # y'],
    ['a place that is no text', 'a: x # comment\n', 'comment', 'y'],
    ['a control character', 'a: x\n', 'x', 'y\n'],
    ['a file that is not YAML', 'a: [x\n', 'x', 'y'],
  ])('%s', (_, yaml, written, text) => {
    expect(apply(yaml, fixOf(yaml, written, text))).toBeUndefined();
  });

  test('one that cannot be written does not stand in the way of the others', () => {
    const yaml = 'a: x\nrecords: 1\nrecrods: 2\nb: y\n';
    const fixes = [fixOf(yaml, 'x', 'X'), fixOf(yaml, 'recrods', 'records'), fixOf(yaml, 'y', 'Y')];
    expect(apply(yaml, ...fixes)).toBe(yaml.replace('a: x', 'a: X').replace('b: y', 'b: Y'));
  });

  test('of two for one text the first is written', () => {
    const yaml = 'a: x\n';
    expect(apply(yaml, fixOf(yaml, 'x', 'y'), fixOf(yaml, 'x', 'z'))).toBe('a: y\n');
  });

  test('the edits that programs are told are those that are made', () => {
    const yaml = "a: 'x' # x\nb: y\n";
    const fixes = [fixOf(yaml, "'x'", 'p'), fixOf(yaml, 'y', 'q')];
    const edits = editsOf(file, Buffer.from(yaml), fixes);
    expect(edits.get(fixes[0])).toEqual({ from: 3, to: 6, text: "'p'" });
    expect(edits.get(fixes[1])).toEqual({ from: 14, to: 15, text: 'q' });
  });

  test('whatever is wanted of a plain text: it reads back as that text, or nothing is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
        fc.constantFrom('x', "'x'", '"x"'),
        (text, as) => {
          const yaml = `{a: ${as}, b: 1} # c\n`;
          const made = apply(yaml, fixOf(yaml, as, text));
          if (made === undefined) return;
          expect(made.endsWith(', b: 1} # c\n')).toBe(true);
          const back = readYaml(file, Buffer.from(made), newReport()).root?.entries.get('a')?.value;
          expect(back).toMatchObject({ kind: 'scalar', text });
        },
      ),
    );
  });
});

test('every fixture that is refused and whose problem has a fix is mended by it', () => {
  const root = join(import.meta.dirname, '../rules/describe');
  let mended = 0;
  for (const rule of readdirSync(root)) {
    const path = join(root, rule, 'bad/zones');
    for (const name of readdirSync(path).filter((one) => one.endsWith('.yaml'))) {
      const yaml = readFileSync(join(path, name), 'utf8');
      const { problems } = described(yaml);
      if (!problems.some(({ fix }) => fix !== undefined)) continue;
      const after = described(fixed(yaml)).problems.map((problem) => problem.rule);
      expect(after, rule).not.toContain(`describe/${rule}`);
      mended++;
    }
  }
  expect(mended).toBeGreaterThan(2);
});
