/**
 * Records what a real named does under dnssec-policy: the state of every key after every move, the date that it announces
 * for its next key event, and what the operator did. All on loopback, in a temporary folder, under times of seconds.
 *
 *   node test/vectors/rollover/record.mjs                 all scenarios at once (three minutes of waiting)
 *   node test/vectors/rollover/record.mjs NAME …          only these
 *   node test/vectors/rollover/record.mjs --into FOLDER   writes elsewhere, to compare with what is committed
 *   node test/vectors/rollover/record.mjs --keep          leaves the temporary folder behind (so does a failure)
 *
 * Needs named and rndc of BIND 9.18 (Debian: bind9). Times are in whole seconds since named made its first key.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { scenarios } from './scenarios.mjs';

const here = import.meta.dirname;
const environment = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C', TZ: 'UTC' };
const call = promisify(execFile);
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The field of a state file that has the state of a record, and the one that has the time of its last change. */
const records = {
  dnskey: ['DNSKEYState', 'DNSKEYChange'],
  zrrsig: ['ZRRSIGState', 'ZRRSIGChange'],
  krrsig: ['KRRSIGState', 'KRRSIGChange'],
  ds: ['DSState', 'DSChange'],
};

function unixTime(text) {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text);
  const [year, month, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest) / 1000;
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);

function dnssecTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}

/** `20-Nov-2026 10:00:00.123`, as named prints it in its log. */
function logTime(text) {
  return Date.parse(`${text.replaceAll('-', ' ').replace(/\.\d+$/, '')} UTC`) / 1000;
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A policy as named.conf wants it. Every value is in seconds, so that the files say what is compared. */
function policyText(name, { keys, ...times }) {
  const lines = Object.entries(times).map(([option, seconds]) => `  ${option} PT${seconds}S;`);
  const keyLines = keys.map(
    ({ role, algorithm, lifetime }) =>
      `    ${role} lifetime ${lifetime === undefined ? 'unlimited' : `PT${lifetime}S`} algorithm ${algorithm};`,
  );
  return `dnssec-policy "${name}" {\n  keys {\n${keyLines.join('\n')}\n  };\n${lines.join('\n')}\n};\n`;
}

/** The servers that are up, for a script that is interrupted. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const server of running) server.kill('SIGKILL');
    process.exit(1);
  });
}

class Recording {
  constructor(name, scenario, folder) {
    this.name = name;
    this.zone = `${name}.test`;
    this.scenario = scenario;
    this.folder = folder;
    this.keyFolder = join(folder, 'keys');
    /** For rndc. */
    this.secret = randomBytes(16).toString('base64');
    /** Of each key file, in order of appearance. */
    this.keys = [];
    this.moves = [];
    this.actions = [];
  }

  configure(policy) {
    this.policy = policy;
    const { policies } = this.scenario;
    const text = `${Object.entries(policies)
      .filter(([, { builtIn }]) => builtIn !== true)
      .map(([name, policy]) => policyText(name, policy))
      .join('')}
key "record" { algorithm hmac-sha256; secret "${this.secret}"; };
controls { inet 127.0.0.1 port ${this.controlPort} allow { 127.0.0.1; } keys { "record"; }; };
options {
  directory "${this.folder}";
  pid-file "${this.folder}/named.pid";
  session-keyfile "${this.folder}/session.key";
  managed-keys-directory "${this.folder}";
  key-directory "${this.keyFolder}";
  listen-on port ${this.port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no; notify no; dnssec-validation no; max-cache-size 2M; empty-zones-enable no;
};
logging {
  channel all { file "${this.folder}/named.log"; severity debug 1; print-time yes; print-category yes; };
  category default { all; }; category dnssec { all; };
};
zone "${this.zone}" {
  type primary; file "${this.folder}/zone"; inline-signing yes; dnssec-policy "${policy}";
};
`;
    writeFileSync(join(this.folder, 'named.conf'), text);
  }

  async start() {
    mkdirSync(this.keyFolder, { recursive: true });
    this.port = await freePort();
    this.controlPort = await freePort();
    const ttl = Object.values(this.scenario.policies)[0]['max-zone-ttl'];
    writeFileSync(
      join(this.folder, 'zone'),
      `$TTL ${ttl}\n@ SOA ns hostmaster 1 3600 600 86400 ${ttl}\n@ NS ns\nns A 127.0.0.1\nwww A 127.0.0.2\n`,
    );
    this.configure(Object.keys(this.scenario.policies)[0]);
    this.server = spawn('named', ['-f', '-4', '-n', '1', '-U', '1', '-c', join(this.folder, 'named.conf')], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    this.server.stderr.on('data', (data) => (complaint += data));
    this.ended = new Promise((done) => this.server.once('exit', done));
    running.add(this.server);
    this.server.once('exit', () => running.delete(this.server));
    this.server.once('exit', (code) => {
      if (!this.stopping) this.failed = `named ended with ${code} ${complaint}`;
    });
  }

  async stop() {
    this.stopping = true;
    this.server.kill('SIGTERM');
    const forced = setTimeout(() => this.server.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(forced);
  }

  async rndc(...args) {
    const key = join(this.folder, 'rndc.key');
    writeFileSync(key, `key "record" { algorithm hmac-sha256; secret "${this.secret}"; };\n`);
    const { stdout } = await call(
      'rndc',
      ['-s', '127.0.0.1', '-p', String(this.controlPort), '-k', key, '-y', 'record', ...args],
      { env: environment },
    );
    return stdout;
  }

  /** Reads the state files; notes keys that are new and every record that has moved since the last look. */
  look() {
    const seen = nowInSeconds();
    for (const file of readdirSync(this.keyFolder)
      .filter((name) => name.endsWith('.state'))
      .sort()) {
      const text = readFileSync(join(this.keyFolder, file), 'latin1');
      const fields = Object.fromEntries(
        [...text.matchAll(/^([A-Za-z]+): (.*)$/gm)].map(([, label, value]) => [label, value]),
      );
      // A file that is being written is read again next time.
      if (fields.GoalState === undefined || !text.endsWith('\n')) continue;
      const [, algorithm, tag] = /\+(\d{3})\+(\d{5})\.state$/.exec(file);
      let key = this.keys.find((known) => known.file === file);
      if (key === undefined) {
        const role = fields.KSK === 'yes' ? (fields.ZSK === 'yes' ? 'csk' : 'ksk') : 'zsk';
        key = { file, role, algorithm: Number(algorithm), tag: Number(tag), state: { goal: 'none' }, fields };
        for (const record of Object.keys(records)) key.state[record] = 'hidden';
        this.keys.push(key);
      }
      key.fields = fields;
      if (fields.GoalState !== key.state.goal) {
        this.moves.push({ key, record: 'goal', to: fields.GoalState, at: undefined, seen });
        key.state.goal = fields.GoalState;
      }
      for (const [record, [state, change]] of Object.entries(records)) {
        const to = fields[state];
        if (to === undefined || to === key.state[record]) continue;
        this.moves.push({ key, record, from: key.state[record], to, at: unixTime(fields[change]), seen });
        key.state[record] = to;
      }
    }
  }

  /** Polls until the predicate holds for the keys in order of appearance. */
  async until(what, predicate, seconds = 240) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await later(400)) {
      this.look();
      if (this.failed !== undefined) throw new Error(`${this.name}: ${this.failed}`);
      if (this.keys.length > 0 && predicate(...this.keys.map((key) => key.state))) return;
    }
    throw new Error(`${this.name}: ${what} did not happen in ${seconds} s; see ${this.folder}`);
  }

  /** Polls for some seconds. */
  async wait(seconds) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await later(400)) this.look();
  }

  tag(number) {
    return this.keys[number - 1].tag;
  }

  /** `rndc dnssec -checkds`: since `when`, Unix seconds, the parent shows the DS of a key, or no longer shows it. */
  async checkds(what, number, when = nowInSeconds()) {
    const key = this.keys[number - 1];
    const at = nowInSeconds();
    const which = ['-key', String(key.tag), '-alg', String(key.algorithm), '-when', dnssecTime(when)];
    await this.rndc('dnssec', '-checkds', ...which, what, this.zone);
    await later(300);
    this.look();
    // The second that named counts from stands in the state file.
    const since = unixTime(key.fields[what === 'published' ? 'DSPublish' : 'DSRemoved']);
    if (since !== when) throw new Error(`${this.name}: named counts from ${since}, not from ${when}`);
    const first = this.actions.find((other) => other.action === 'checkds' && other.what === what && other.key === key);
    if (first === undefined) this.actions.push({ at: when, action: 'checkds', what, key });
    else this.actions.push({ at, action: 'checkds', what, since, key, shift: first.at - since });
  }

  /** Lets time pass that nobody wants to sit out: the clocks of everything that is on its way out are put back. */
  async travel(seconds) {
    const at = nowInSeconds();
    this.look();
    const options = { dnskey: '-k', zrrsig: '-z', krrsig: '-r', ds: '-d' };
    for (const key of this.keys) {
      const moving = Object.entries(options).filter(([record]) => key.state[record] === 'unretentive');
      if (moving.length === 0) continue;
      const times = moving.flatMap(([record, option]) => [
        option,
        key.state[record],
        dnssecTime(unixTime(key.fields[records[record][1]]) - seconds),
      ]);
      const file = join(this.keyFolder, key.file.replace(/\.state$/, ''));
      await call('dnssec-settime', ['-s', ...times, file], { env: environment });
    }
    await this.rndc('loadkeys', this.zone);
    this.actions.push({ at, action: 'travel', shift: seconds });
  }

  async rollover(number) {
    const key = this.keys[number - 1];
    const at = nowInSeconds();
    await this.rndc('dnssec', '-rollover', '-key', String(key.tag), '-alg', String(key.algorithm), this.zone);
    this.actions.push({ at, action: 'rollover', key });
  }

  async usePolicy(policy) {
    this.look();
    this.configure(policy);
    const at = nowInSeconds();
    await this.rndc('reconfig');
    this.actions.push({ at, action: 'policy', policy });
  }

  /** What `rndc dnssec -status` says of the states has to be what the files say. */
  async compareWithStatus() {
    const text = await this.rndc('dnssec', '-status', this.zone);
    this.look();
    const labels = { goal: 'goal', dnskey: 'dnskey', ds: 'ds', zrrsig: 'zone rrsig', krrsig: 'key rrsig' };
    for (const block of text.split(/^key: /m).slice(1)) {
      const tag = Number(block.match(/^\d+/)[0]);
      const key = this.keys.find((known) => known.tag === tag);
      for (const [record, label] of Object.entries(labels)) {
        const found = new RegExp(`- ${label}: +(\\w+)`).exec(block)?.[1];
        if (found !== undefined && found !== key.state[record]) {
          throw new Error(
            `${this.name}: key ${tag}: ${label} is ${found} in the status, ${key.state[record]} in the file`,
          );
        }
      }
    }
    this.statusCompared = (this.statusCompared ?? 0) + 1;
  }

  keepStateFiles(prefix) {
    (this.kept ??= []).push(prefix);
    const folder = join(this.into, 'state-files', prefix);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { file } of this.keys) {
      copyFileSync(join(this.keyFolder, file), join(folder, file));
      const publicHalf = file.replace(/state$/, 'key');
      copyFileSync(join(this.keyFolder, publicHalf), join(folder, publicHalf));
    }
  }

  /**
   * Runs of named's key manager, with the date that each announced for the next. A run logs at its end: where that is a
   * second later than what it moved, it gets the time of that.
   */
  announcements(times) {
    const log = readFileSync(join(this.folder, 'named.log'), 'latin1');
    const line = /^(\S+ \S+) .*next key event: (\S+ \S+)$/gm;
    const runs = [...log.matchAll(line)].map(([, at, next]) => ({ at: logTime(at), next: logTime(next) }));
    for (const time of times) {
      if (runs.some(({ at }) => at === time)) continue;
      const late = runs.find(({ at }) => at === time + 1);
      if (late !== undefined) late.at = time;
    }
    return runs;
  }

  result() {
    const runs = this.announcements(new Set(this.moves.flatMap(({ at }) => at ?? [])));
    // A goal has no time in the file: it is that of the moves of the same look, else of the run that was last then.
    for (const move of this.moves.filter(({ at }) => at === undefined)) {
      const run = runs.filter(({ at }) => at <= move.seen).at(-1);
      const timed = this.moves.filter(
        ({ at, seen, record }) => record !== 'goal' && at !== undefined && seen === move.seen,
      );
      move.at = timed.at(-1)?.at ?? run?.at ?? move.seen;
    }
    const start = Math.min(...this.moves.map(({ at }) => at));
    const appeared = (key) => Math.min(...this.moves.filter((move) => move.key === key).map(({ at }) => at));
    const rank = (key) => appeared(key) * 2 + (key.role === 'zsk' ? 1 : 0);
    const keys = [...this.keys].sort((a, b) => rank(a) - rank(b));
    const label = (key) => `K${keys.indexOf(key) + 1}`;
    const byTag = (tag) => {
      const key = this.keys.find((known) => String(known.tag) === tag);
      return key && label(key);
    };
    const times = [...new Set(this.moves.map(({ at }) => at))].sort((a, b) => a - b);
    const state = new Map();
    const changes = times.map((at, index) => {
      const moves = this.moves
        .filter((move) => move.at === at)
        .sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
      for (const { key, record, to } of moves) {
        const before = state.get(key) ?? {
          goal: 'none',
          dnskey: 'hidden',
          zrrsig: 'hidden',
          krrsig: 'hidden',
          ds: 'hidden',
        };
        state.set(key, { ...before, [record]: to });
      }
      const next = runs.filter((run) => run.at >= at && run.at < (times[index + 1] ?? Number.POSITIVE_INFINITY))[0]
        ?.next;
      return {
        at: at - start,
        sinceLast: index === 0 ? 0 : at - times[index - 1],
        next: next === undefined ? undefined : next - start,
        moves: moves.map(
          ({ key, record, from, to }) => `${label(key)} ${record} ${from === undefined ? '' : `${from} `}-> ${to}`,
        ),
        keys: Object.fromEntries(keys.filter((key) => state.has(key)).map((key) => [label(key), state.get(key)])),
      };
    });
    return {
      scenario: this.name,
      title: this.scenario.title,
      program: this.version,
      started: new Date(start * 1000).toISOString(),
      policies: this.scenario.policies,
      keys: keys.map((key) => ({
        name: label(key),
        role: key.role,
        algorithm: key.algorithm,
        tag: key.tag,
        predecessor: byTag(key.fields.Predecessor),
        successor: byTag(key.fields.Successor),
      })),
      actions: this.actions.map(({ at, key, ...rest }) => ({
        at: at - start,
        ...rest,
        since: rest.since === undefined ? undefined : rest.since - start,
        key: key && label(key),
      })),
      runs: runs.map(({ at, next }) => ({ at: at - start, next: next - start })),
      changes,
    };
  }
}

async function record(name, root, into, version) {
  const scenario = scenarios[name];
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const recording = new Recording(name, scenario, folder);
  recording.into = into;
  recording.version = version;
  await recording.start();
  try {
    await scenario.script(recording);
    await recording.compareWithStatus();
  } finally {
    await recording.stop();
  }
  const result = recording.result();
  writeFileSync(join(into, `${name}.json`), `${print(result)}\n`);
  const { at } = result.changes.at(-1);
  const { statusCompared } = recording;
  console.log(`${name}: ${result.changes.length} changes in ${at} s, status compared ${statusCompared} times`);
}

/** JSON whose innermost objects and lists stand on one line. */
function print(value, indent = '') {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const flat = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
  if (flat.length + indent.length <= 116) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + print(item, inner)).join(',\n')}\n${indent}]`;
  const rows = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{\n${rows.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`).join(',\n')}\n${indent}}`;
}

const { values, positionals } = parseArgs({
  options: { into: { type: 'string', default: here }, keep: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const into = resolve(values.into);
mkdirSync(into, { recursive: true });
const { stdout: banner } = await call('named', ['-v'], { env: environment });
const root = mkdtempSync(join(tmpdir(), 'danezone-record-'));
const names = positionals.length > 0 ? positionals : Object.keys(scenarios);
const unknown = names.filter((name) => !(name in scenarios));
if (unknown.length > 0)
  throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}`);
const outcomes = await Promise.allSettled(names.map((name) => record(name, root, into, banner.trim())));
for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) console.error(outcome.reason);
const failed = outcomes.some(({ status }) => status === 'rejected');
if (values.keep || failed) console.log(`kept: ${root}`);
else rmSync(root, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
