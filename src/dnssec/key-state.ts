/** Where a record that a key causes stands in the caches of the world: the key state model of RFC 7583 as BIND and OpenDNSSEC have it. */

export const keyStates = ['hidden', 'rumoured', 'omnipresent', 'unretentive'] as const;
export type KeyState = (typeof keyStates)[number];

export function isKeyState(text: string): text is KeyState {
  return (keyStates as readonly string[]).includes(text);
}
