/**
 * Mail through a real Postfix that wants DANE: `openMail` gives a network with names (internet.ts), receiving servers on port
 * 25 of the addresses that the zones give, and a sender with smtp_tls_security_level = dane behind a validating resolver.
 *
 *   const mail = await openMail([{ address: '192.0.2.25', name: 'mx1.example.test' }]);
 *   await mail.names.serve(zones, { nameservers: ['ns1.example.net.'] });
 *   mail.present('192.0.2.25', keyPem, chainPem);
 *   outcome(await mail.send('user@example.test')); // 'Verified', 'Trusted', …, or 'deferred: reason'
 *   await mail.close();
 *
 * Zones and certificates may be changed between two messages: no process of Postfix lives longer than one connection, so none
 * remembers a TLSA record or a certificate.
 */
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Internet, newInternet, resolvConf } from './internet.ts';
import { type Namespace, noNamespaces, openNamespace, put } from './namespace.ts';
import { have, must, temporaryFolder } from './programs.ts';

export interface Receiver {
  /** IPv4, any: the network is private. */
  readonly address: string;
  /** What it calls itself in SMTP. */
  readonly name: string;
}

/** What Postfix says of a TLS session: the certificate matches (name or TLSA), is of a known authority, is not, is missing. */
export type TlsState = 'Verified' | 'Trusted' | 'Untrusted' | 'Anonymous';

export interface Delivery {
  readonly status: 'sent' | 'deferred' | 'bounced';
  /** The words in parentheses after the status. */
  readonly reason: string;
  /** host[address]:port of the server that the message was offered to; `none` where it came to no session. */
  readonly relay: string;
  /** Of the last session that was set up; undefined: in clear, or refused before it was. */
  readonly tls?: TlsState;
  /** What smtp(8) logged for the message. */
  readonly log: readonly string[];
}

export interface Mail {
  readonly names: Internet;
  /** The key and the chain (leaf first, PEM) that the receiver shows from the next connection on. */
  present(address: string, key: string, chain: string): void;
  /** Sends a message; resolves when the first attempt has succeeded or failed. The recipient's local part must be new. */
  send(recipient: string): Promise<Delivery>;
  /** All that Postfix logged. */
  log(): string;
  /** Where all of it runs, for more servers. */
  readonly namespace: Namespace;
  close(): Promise<void>;
}

const sender = 'sender@sender.example';
const programs = ['postfix', 'postconf', 'sendmail', 'nsd', 'unbound', 'dig', 'openssl', 'unshare', 'nsenter', 'ip'];

/** Whether mail can be sent here; says aloud what is missing, and throws where nothing may be skipped. */
export function canMail(): boolean {
  if (!have(...programs)) return false;
  const reason = noNamespaces();
  if (reason === undefined) return true;
  if (process.env.DANEZONE_REQUIRE_SERVERS === '1') throw new Error(`${reason}, and this run may skip nothing`);
  console.warn(`skipped: ${reason}`);
  return false;
}

/** The state of a session that carried the message, or why there was none. */
export function outcome({ status, reason, tls }: Delivery): string {
  return status === 'sent' ? (tls ?? 'in clear') : `${status}: ${reason}`;
}

export async function openMail(receivers: readonly Receiver[]): Promise<Mail> {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  // Postfix and its children leave root behind, and must reach their own folders.
  chmodSync(folder.path, 0o755);
  const [config, queue, data] = [at('config'), at('queue'), at('data')];
  for (const path of [config, queue, data]) mkdirSync(path);
  makeQueue(queue, data);
  put(config, 'main.cf', mainCf);
  put(config, 'master.cf', masterCf(receivers));
  const namespace = await openNamespace({
    addresses: receivers.map(({ address }) => address),
    mounts: {
      '/etc/resolv.conf': put(folder.path, 'resolv.conf', resolvConf),
      '/etc/postfix': config,
      '/var/spool/postfix': queue,
      '/var/lib/postfix': data,
    },
  });
  const close = async () => {
    await namespace.close();
    folder.remove();
  };
  const logFile = join(data, 'mail.log');
  writeFileSync(logFile, '');
  const log = () => readFileSync(logFile, 'utf8');
  const libraries = must('postconf', ['-dh', 'daemon_directory']).trim();
  try {
    await namespace.start(`${libraries}/master`, ['-s'], () => log().includes('daemon started'));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    names: newInternet(folder.path, namespace),
    present: (address, key, chain) => void put(config, chainFile(address), `${key}\n${chain}`, 0o600),
    send: async (recipient) => {
      const message = `From: ${sender}\nTo: ${recipient}\nSubject: test\n\ntest\n`;
      const { status, stderr } = namespace.run('sendmail', ['-i', '-f', sender, recipient], { input: message });
      if (status !== 0) throw new Error(`sendmail: ${stderr}`);
      return delivery(recipient, log);
    },
    log,
    namespace,
    close,
  };
}

async function delivery(recipient: string, log: () => string): Promise<Delivery> {
  for (let tries = 0; tries < 600; tries++) {
    // Without the last one, which may not be whole yet.
    const lines = log().split('\n').slice(0, -1);
    const end = lines.findIndex((line) => line.includes(`to=<${recipient}>`) && /postfix\/(?:smtp|error)\[/.test(line));
    if (end >= 0) return readDelivery(lines, end);
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`no attempt was made for ${recipient}: ${log()}`);
}

function readDelivery(lines: readonly string[], end: number): Delivery {
  const [, status, reason] = / status=(sent|deferred|bounced) \((.*)\)$/.exec(lines[end]) ?? [];
  if (status === undefined) throw new Error(`not understood: ${lines[end]}`);
  const process = / (postfix\/\w+\[\d+\]): /.exec(lines[end])?.[1] ?? '';
  const own = lines.slice(0, end + 1).filter((line) => line.includes(` ${process}: `));
  const states = own.flatMap((line) => / (\w+) TLS connection established to /.exec(line)?.[1] ?? []);
  return {
    status: status as Delivery['status'],
    reason,
    relay: / relay=([^,]+),/.exec(lines[end])?.[1] ?? 'none',
    tls: states.at(-1) as TlsState | undefined,
    log: own,
  };
}

const chainFile = (address: string) => `${address}.pem`;

/** The folders that `postfix start` would make, without its half-minute of checks. */
function makeQueue(queue: string, data: string): void {
  const owner = Number(must('id', ['-u', 'postfix']));
  const drop = Number(must('getent', ['group', 'postdrop']).split(':')[2]);
  const make = (name: string, mode: number, user: number, group: number) => {
    mkdirSync(join(queue, name));
    chownSync(join(queue, name), user, group);
    chmodSync(join(queue, name), mode);
  };
  const own = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'saved'];
  for (const name of [...own, 'trace']) make(name, 0o700, owner, 0);
  make('maildrop', 0o1730, owner, drop);
  make('public', 0o2710, owner, drop);
  make('pid', 0o755, 0, 0);
  chownSync(data, owner, 0);
}

/** The sender is also the machine of the receivers, which is why it claims no address but 127.0.0.1 for itself. */
const mainCf = `compatibility_level = 3.6
maillog_file = /var/lib/postfix/mail.log
myhostname = sender.example
mydestination =
mynetworks = 0.0.0.0/0
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
notify_classes =
smtp_host_lookup = dns
smtp_dns_support_level = dnssec
smtp_tls_security_level = dane
smtp_tls_loglevel = 1
smtp_tls_CAfile =
smtp_connection_cache_on_demand = no
smtp_connect_timeout = 10s
max_use = 1
in_flow_delay = 0
# One attempt for each message: what is deferred stays so.
minimal_backoff_time = 1h
queue_run_delay = 1h
`;

const masterCf = (receivers: readonly Receiver[]) => `pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 3600 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
${receivers.map(receiverCf).join('')}`;

const receiverCf = ({ address, name }: Receiver) => `${address}:25 inet n - n - - smtpd
  -o myhostname=${name}
  -o smtpd_tls_security_level=may
  -o smtpd_tls_chain_files=/etc/postfix/${chainFile(address)}
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o content_filter=discard:
`;
