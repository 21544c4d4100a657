// Repositories for the benchmark of `check`: what a provider of mail has, the same YAML on every machine (keys apart).
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `zones` zones of 25 records each in files of a hundred, mail hosts with a certificate each. Gives the number of records. */
export function providerRepository(root, zones, certificates) {
  const write = begin(root);
  const hosts = Array.from({ length: certificates }, (_, i) => `mx${i}.example.net`);
  hosts.forEach((host, i) => makeCertificate(join(root, 'zones/certs', `mx${i}.pem`), host));
  write('certificates.yaml', `certificates:\n${hosts.map((_, i) => `  mx${i}: { chain: certs/mx${i}.pem, renewal: { reuse-key: true } }\n`).join('')}`);
  const host = (name, i) => `  ${name}:
    addresses: [192.0.2.${10 + i}, 2001:db8::${(16 + i).toString(16)}]
    services: { smtp: [mx${i}] }
`;
  write('hosts.yaml', `hosts:\n${hosts.map(host).join('')}`);
  write('ours.yaml', `${withBackup}nameserver-sets:
  ours: [ns1.example.net, ns2.example.org]
domains:
  example.net:
    nameservers: ours
    mail: [mx0.example.net]
    records: { ns1: { A: 192.0.2.1 }, _smtp._tls: { TXT: v=TLSRPTv1; rua=mailto:tls@example.net } }
  example.org:
    nameservers: ours
    mail: [mx1.example.net]
    records: { ns2: { A: 192.0.2.2 }, _smtp._tls: { TXT: v=TLSRPTv1; rua=mailto:tls@example.net } }
`);
  for (let from = 0; from < zones; from += 100) {
    const domains = Array.from({ length: Math.min(100, zones - from) }, (_, i) => customer(from + i, certificates));
    write(`customers-${from / 100}.yaml`, `domains:\n${domains.join('\n')}`);
  }
}

/** SOA, two NS, two MX and twenty records of its own. */
function customer(number, certificates) {
  const name = `d${number}.example`;
  const plain = (j) => `      host-${j}: { A: 198.51.100.${j} }\n`;
  const both = (j) => `      host-${j}:\n        A: 198.51.100.${j}\n        AAAA: 2001:db8:100::${j + 1}\n`;
  return `  # Customer ${number}.
  ${name}:
    nameservers: ours
    mail: [mx${number % certificates}.example.net, { host: mx${(number + 1) % certificates}.example.net, preference: 20 }]
    records:
      '@': { A: 192.0.2.80, AAAA: 2001:db8::80, TXT: 'v=spf1 mx -all', CAA: 0 issue "encrypt.example" }
      www: { CNAME: ${name} }
      _dmarc: { TXT: 'v=DMARC1; p=reject; rua=mailto:dmarc@{{domain}}' }
      _smtp._tls: { TXT: 'v=TLSRPTv1; rua=mailto:tls@{{domain}}' }
${Array.from({ length: 12 }, (_, j) => (j % 12 === 0 ? both(j) : plain(j))).join('')}`;
}

/** Two zones with one mail host. */
export function smallRepository(root) {
  const write = begin(root);
  makeCertificate(join(root, 'zones/certs/mx.pem'), 'mx.example.net');
  const domain = (name, own) => `  ${name}:
    nameservers: [ns1.example.net, ns2.example.org]
    mail: [mx.example.net]
    records:
      ${own}
      www: { A: 192.0.2.80, AAAA: 2001:db8::80 }
      _smtp._tls: { TXT: 'v=TLSRPTv1; rua=mailto:tls@{{domain}}' }
`;
  write('all.yaml', `${withBackup}certificates: { mx: { chain: certs/mx.pem, renewal: { reuse-key: true } } }
hosts:
  mx.example.net: { addresses: [192.0.2.25, 2001:db8::25], services: { smtp: [mx] } }
domains:
${domain('example.net', 'ns1: { A: 192.0.2.1 }')}${domain('example.org', 'ns2: { A: 192.0.2.2 }')}`);
}

/** Without it, `check` warns as soon as there are keys. */
const withBackup = 'policies: { default: { keys: { backup: none is needed for a benchmark } } }\n';

function begin(root) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'zones/certs'), { recursive: true });
  return (name, text) => writeFileSync(join(root, 'zones', name), text);
}

function makeCertificate(path, host) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-addext', 'basicConstraints=critical,CA:false'];
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '90', ...names, '-out', path], { stdio: 'ignore' });
}
