/**
 * A small internet inside a namespace: a signed root zone that delegates to the zones under test, NSD that serves all of
 * them, and Unbound that validates from the root's key, as the resolver of /etc/resolv.conf.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, type Namespace, put } from './namespace.ts';
import { danezone, must, nsdConf, unboundAlone } from './programs.ts';

/** Where NSD answers for every zone, and where the names of name servers point to. */
const authority = '127.0.0.53';
const resolver = '127.0.0.1';

export interface DelegatedZone {
  /** With the final dot. */
  readonly name: string;
  /** Master file, signed or not. */
  readonly file: string;
  /** DS records in presentation form, for the root to publish; none for a zone that is to be insecure. */
  readonly ds: readonly string[];
  /** The delegation is in another zone that is served here, not in the root. */
  readonly isDelegatedBelow?: boolean;
}

export interface InternetOptions {
  /** Names of the name servers, with the final dot. */
  readonly nameservers: readonly string[];
  /** Unix seconds: when the root is signed, and the time at which Unbound judges every signature; default: now. */
  readonly clock?: number;
}

export interface Internet {
  /** Serves these zones and no others from now on, with empty caches. */
  serve(zones: readonly DelegatedZone[], options: InternetOptions): Promise<void>;
  /** What the resolver answers, as dig prints it. */
  dig(...question: string[]): string;
}

/** Content of /etc/resolv.conf inside: glibc tells programs of the AD flag only with trust-ad. */
export const resolvConf = `nameserver ${resolver}\noptions edns0 trust-ad\n`;

/** Files go to `folder`. Servers end with the namespace. */
export function newInternet(folder: string, namespace: Namespace): Internet {
  let running: Daemon[] = [];
  let round = 0;

  async function serve(zones: readonly DelegatedZone[], { nameservers, clock }: InternetOptions): Promise<void> {
    for (const daemon of running) await daemon.stop();
    const own = join(folder, `internet-${++round}`);
    mkdirSync(own);
    const root = signedRoot(own, zones, nameservers, clock);
    const nsd = await namespace.start(
      'nsd',
      ['-d', '-c', put(own, 'nsd.conf', nsdConf(own, authority, [{ name: '.', file: root.file }, ...zones]))],
      (log) => log.includes('nsd started'),
    );
    if (/error/i.test(nsd.log())) throw new Error(`NSD: ${nsd.log()}`);
    const unbound = await namespace.start(
      'unbound',
      ['-d', '-c', put(own, 'unbound.conf', unboundConf(own, root.anchor, zones, clock))],
      (log) => log.includes('start of service'),
    );
    running = [unbound, nsd];
  }

  return {
    serve,
    dig: (...question) => namespace.run('dig', [`@${resolver}`, '+dnssec', '+tries=1', ...question]).stdout,
  };
}

/** The names of the name servers stand in the root itself, so that their addresses are signed and need no glue. */
function signedRoot(
  own: string,
  zones: readonly DelegatedZone[],
  nameservers: readonly string[],
  clock?: number,
): { readonly file: string; readonly anchor: string } {
  const delegations = zones
    .filter(({ isDelegatedBelow }) => isDelegatedBelow !== true)
    .map(({ name, ds }) => [...nameservers.map((server) => `${name} NS ${server}`), ...ds].join('\n'));
  const plain = put(
    own,
    'root.plain',
    `$ORIGIN .
$TTL 60
. SOA ns.root-servers.example. hostmaster.example. 1 1800 600 604800 60
. NS ns.root-servers.example.
ns.root-servers.example. A ${authority}
${nameservers.map((server) => `${server} A ${authority}`).join('\n')}
${delegations.join('\n')}
`,
  );
  const [keys, file] = [join(own, 'root-keys'), join(own, 'root.zone')];
  const now = clock === undefined ? [] : ['--now', String(clock)];
  must(process.execPath, [danezone, 'keys', 'generate', '.', '--keys', keys, ...now]);
  must(process.execPath, [danezone, 'sign', plain, '--origin', '.', '--keys', keys, '-o', file, ...now]);
  const anchor = readFileSync(file, 'utf8')
    .split('\n')
    .find((line) => /^\.\t.*\tDNSKEY\t257 /.test(line));
  if (anchor === undefined) throw new Error('the root zone has no key');
  return { file, anchor: anchor.replaceAll('\t', ' ') };
}

function unboundConf(own: string, anchor: string, zones: readonly DelegatedZone[], clock?: number): string {
  const hints = put(
    own,
    'root.hints',
    `. 60 NS ns.root-servers.example.\nns.root-servers.example. 60 A ${authority}\n`,
  );
  // Unbound answers for some names itself, `test.` among them, unless it is told otherwise.
  const builtIn = [...new Set(zones.flatMap(({ name }) => [name, `${name.split('.').at(-2)}.`]))];
  return `server:
  interface: ${resolver}
${unboundAlone(own)}  module-config: "validator iterator"
  root-hints: "${hints}"
  trust-anchor: "${anchor}"
${clock === undefined ? '' : `  val-override-date: "${clock}"\n`}${builtIn
  .map((name) => `  local-zone: "${name}" transparent\n`)
  .join('')}remote-control:
  control-enable: no
`;
}
