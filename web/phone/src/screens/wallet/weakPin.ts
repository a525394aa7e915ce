/** Whether a PIN is easy to guess, by the host's rules: equal steps, repeated parts, pairs. */
export function isWeak(pin: string): boolean {
  const steps = new Set(
    [...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10),
  );
  if (steps.size === 1 && [0, 1, 9].includes([...steps][0]!)) return true;
  return /^(\d{3})\1$/.test(pin) || /^(\d{2})\1\1$/.test(pin) || /^(\d)\1(\d)\2(\d)\3$/.test(pin);
}
