/** The first that anyone tries: 111111, 123456, 654321. The host refuses more. */
export function isWeak(pin: string): boolean {
  const steps = new Set(
    [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])),
  );
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0]!);
}
