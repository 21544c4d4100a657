/** Modular arithmetic on BigInt. Not constant-time: never for a secret that is not blinded. */

/** `base` to the power of `exponent`, exponent ≥ 0. */
export function modPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** By Euclid's algorithm; a value that has no inverse is a bug. */
export function modInverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [((value % modulus) + modulus) % modulus, modulus];
  let [factor, last] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [factor, last] = [last - quotient * factor, factor];
  }
  if (low !== 1n) throw new Error('no inverse: value and modulus are not coprime');
  return ((factor % modulus) + modulus) % modulus;
}
