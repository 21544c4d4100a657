/** `openssl s_server` on loopback, and what `openssl s_client` makes of it. */
import { spawn } from 'node:child_process';
import { run } from '../e2e/programs.ts';

export interface TlsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A server that presents the first certificate of the bundle and then the others, as they stand. */
export async function serve(bundle: string, chain: string | undefined, key: string): Promise<TlsServer> {
  const rest = chain === undefined ? [] : ['-cert_chain', chain];
  // As a small web server it reads nothing from its standard input, and goes on after each connection.
  const args = ['s_server', '-accept', '127.0.0.1:0', '-cert', bundle, '-key', key, ...rest, '-www'];
  const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let log = '';
  const port = await new Promise<number>((ready, failed) => {
    const look = (data: Buffer) => {
      log += data;
      const found = /^ACCEPT 127\.0\.0\.1:([0-9]+)$/m.exec(log);
      if (found !== null) ready(Number(found[1]));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', () => failed(new Error(`openssl s_server ended: ${log}`)));
  });
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface Handshake {
  readonly baseDomain: string;
  readonly records: readonly string[];
  /** Unix seconds. */
  readonly at: number;
  readonly roots?: string;
  /** OpenSSL looks at names with DANE-EE too, unless it is told not to. */
  readonly namesOfDaneEe?: boolean;
}

export interface HandshakeResult {
  readonly isAccepted: boolean;
  /** As openssl says it: `DANE TLSA 3 1 1 ...ab matched EE certificate at depth 0`. */
  readonly match?: { readonly parameters: string; readonly how: string; readonly depth: number };
  /** Records that it could not use, as they were given. */
  readonly unusable: readonly string[];
  readonly error?: string;
}

export function shakeHands(
  port: number,
  { baseDomain, records, at, roots, namesOfDaneEe }: Handshake,
): HandshakeResult {
  const { status, stdout, stderr } = run(
    'openssl',
    [
      's_client',
      '-brief',
      '-verify_return_error',
      ...['-connect', `127.0.0.1:${port}`, '-attime', String(at), '-dane_tlsa_domain', baseDomain],
      ...records.flatMap((record) => ['-dane_tlsa_rrdata', record]),
      ...(namesOfDaneEe ? [] : ['-dane_ee_no_namechecks']),
      ...(roots === undefined ? ['-no-CAfile'] : ['-CAfile', roots]),
      ...['-no-CApath', '-no-CAstore'],
    ],
    { timeout: 20_000 },
  );
  if (status === null) throw new Error(`openssl s_client does not end: ${stderr}`);
  const output = stdout + stderr;
  const found =
    /^DANE TLSA ([0-9] [0-9] [0-9]) \S+ (matched (?:EE|TA) certificate|signed the certificate) at depth ([0-9]+)$/m.exec(
      output,
    );
  return {
    isAccepted: status === 0,
    match: found === null ? undefined : { parameters: found[1], how: found[2], depth: Number(found[3]) },
    unusable: [...output.matchAll(/unusable TLSA rrdata: (.*)$/gm)].map(([, record]) => record),
    error: /verify error:num=[0-9]+:(.*)$/m.exec(output)?.[1],
  };
}
