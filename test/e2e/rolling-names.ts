/**
 * Names in motion, inside a namespace: two NSD that get each new zone a second apart, as a primary and its secondary do; a parent
 * (the root) whose DS sets change; and three Unbound that live through all of it with their caches warm:
 *
 *   127.0.0.1  validates, and asks the name servers; Postfix asks here
 *   127.0.0.2  validates with harden-algo-downgrade; it forgets within a second and asks the cache of 127.0.0.3, so that it
 *              validates what lies there again and again, old and new mixed
 *   127.0.0.3  a cache that validates nothing
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Namespace, put } from './namespace.ts';
import { danezone, must, nsdConf, unboundAlone } from './programs.ts';

const [primary, secondary] = ['127.0.0.53', '127.0.0.54'];
export const resolvers = ['127.0.0.1', '127.0.0.2'] as const;
const cache = '127.0.0.3';
/** Seconds that a new zone takes from the primary to the secondary. */
const lag = 1;

export interface RollingNames {
  /** Brings these master files to all name servers; resolves when each of them answers with what they say. */
  publish(files: ReadonlyMap<string, string>): Promise<void>;
  /** The DS records of every zone, presentation form, from now on; resolves when every server of the parent shows them. */
  setDs(ds: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** What the name servers have: serials by server. */
  dig(...question: string[]): string;
}

export interface RollingOptions {
  /** With the final dot, each with the TTL of its DS. */
  readonly zones: ReadonlyMap<string, number>;
  /** Names of the two name servers, with the final dot. */
  readonly nameservers: readonly [string, string];
  readonly first: ReadonlyMap<string, string>;
}

/** Servers end with the namespace. */
export async function openRollingNames(
  folder: string,
  namespace: Namespace,
  { zones, nameservers, first }: RollingOptions,
): Promise<RollingNames> {
  const own = join(folder, 'names');
  const servers = [primary, secondary].map((address) => ({ address, folder: join(own, address) }));
  for (const server of servers) mkdirSync(server.folder, { recursive: true });
  const all = ['.', ...zones.keys()];
  const fileOf = (zone: string) => (zone === '.' ? 'root.zone' : `${zone}zone`);
  let serial = 0;

  /** The names of the name servers stand in the root itself, so that their addresses are signed and need no glue. */
  function signedRoot(ds: ReadonlyMap<string, readonly string[]>): string {
    const delegations = [...zones.keys()].flatMap((zone) => [
      ...nameservers.map((server) => `${zone} NS ${server}`),
      ...(ds.get(zone) ?? []).map((rdata) => `${zone} ${zones.get(zone)} DS ${rdata}`),
    ]);
    const plain = put(
      own,
      'root.plain',
      `$ORIGIN .
$TTL 2
. SOA ns1.root-servers.example. hostmaster.example. ${++serial} 1800 600 604800 2
. NS ns1.root-servers.example.
. NS ns2.root-servers.example.
ns1.root-servers.example. A ${primary}
ns2.root-servers.example. A ${secondary}
${nameservers.map((server, index) => `${server} A ${servers[index].address}`).join('\n')}
${delegations.join('\n')}
`,
    );
    const file = join(own, 'root.signed');
    must(process.execPath, [danezone, 'sign', plain, '--origin', '.', '--keys', join(own, 'root-keys'), '-o', file]);
    return file;
  }

  function copy(files: ReadonlyMap<string, string>, to: string): void {
    for (const [zone, file] of files) {
      copyFileSync(file, join(to, `${fileOf(zone)}.new`));
      renameSync(join(to, `${fileOf(zone)}.new`), join(to, fileOf(zone)));
    }
  }

  const dig = (...question: string[]) => namespace.run('dig', ['+norec', '+tries=1', ...question]).stdout;

  async function publish(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [index, server] of servers.entries()) {
      if (index > 0) await seconds(lag);
      copy(files, server.folder);
      const { status, stderr } = namespace.run('sh', ['-c', `kill -HUP "$(cat ${server.folder}/nsd.pid)"`]);
      if (status !== 0) throw new Error(`NSD at ${server.address}: ${stderr}`);
    }
    const expected = [...files].map(([, file]) => serialOf(file)).join(' ');
    for (const { address } of servers) {
      for (let tries = 0; ; tries++) {
        const found = dig(`@${address}`, '+short', ...[...files.keys()].flatMap((zone) => [zone, 'SOA']))
          .split('\n')
          .flatMap((line) => line.split(' ')[2] ?? []);
        if (found.join(' ') === expected) break;
        if (tries === 100) throw new Error(`${address} has ${found.join(' ')}, not ${expected}`);
        await seconds(0.1);
      }
    }
  }

  mkdirSync(own, { recursive: true });
  must(process.execPath, [danezone, 'keys', 'generate', '.', '--keys', join(own, 'root-keys')]);
  const root = signedRoot(new Map());
  for (const server of servers) {
    copy(new Map([['.', root], ...first]), server.folder);
    const served = all.map((zone) => ({ name: zone, file: join(server.folder, fileOf(zone)) }));
    const config = put(server.folder, 'nsd.conf', nsdConf(server.folder, server.address, served));
    await namespace.start('nsd', ['-d', '-c', config], (log) => log.includes('nsd started'));
  }
  const anchor = readFileSync(root, 'utf8')
    .split('\n')
    .find((line) => /^\.\t.*\tDNSKEY\t257 /.test(line))!
    .replaceAll('\t', ' ');
  const hints = put(
    own,
    'root.hints',
    ['ns1', 'ns2']
      .map(
        (name, at) =>
          `. 60 NS ${name}.root-servers.example.\n${name}.root-servers.example. 60 A ${servers[at].address}\n`,
      )
      .join(''),
  );
  const resolver = (address: string, lines: string) =>
    namespace.start(
      'unbound',
      [
        '-d',
        '-c',
        put(own, `unbound-${address}.conf`, unboundConf(join(own, address), address, [...zones.keys()], lines)),
      ],
      (log) => log.includes('start of service'),
    );
  for (const address of [...resolvers, cache]) mkdirSync(join(own, address), { recursive: true });
  const validates = `  module-config: "validator iterator"\n  trust-anchor: "${anchor}"\n`;
  await resolver(cache, `  module-config: "iterator"\n  root-hints: "${hints}"\n`);
  await resolver(resolvers[0], `${validates}  root-hints: "${hints}"\n`);
  await resolver(
    resolvers[1],
    `${validates}  harden-algo-downgrade: yes\n  cache-max-ttl: 1\n  cache-max-negative-ttl: 1\nforward-zone:\n  name: "."\n  forward-addr: ${cache}\n`,
  );

  return {
    publish,
    setDs: (ds) => publish(new Map([['.', signedRoot(ds)]])),
    dig,
  };
}

export const seconds = (count: number): Promise<void> => new Promise((later) => setTimeout(later, count * 1000));

/** Of a master file of danezone: its first line is the SOA record. */
function serialOf(file: string): string {
  const [line] = readFileSync(file, 'utf8').split('\n', 1);
  return line.split('\t').at(-1)!.split(' ')[2];
}

function unboundConf(own: string, address: string, zones: readonly string[], lines: string): string {
  // Unbound answers for some names itself, `test.` among them, unless it is told otherwise.
  const builtIn = [...new Set(zones.flatMap((name) => [name, `${name.split('.').at(-2)}.`]))];
  return `server:
  interface: ${address}
${unboundAlone(own)}${builtIn.map((name) => `  local-zone: "${name}" transparent\n`).join('')}${lines}remote-control:
  control-enable: no
`;
}
