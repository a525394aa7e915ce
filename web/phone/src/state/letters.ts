// The letter under which a name is listed in an address book; Chinese names are listed by their pinyin.

// The first character of each pinyin letter in the browser's own Chinese order. No word begins with
// i, u or v in pinyin.
const FIRST = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";

const order = new Intl.Collator("zh-Hans-CN");

export function letterOf(name: string): string {
  const first = [...name.trim().normalize("NFD")][0]?.toUpperCase() ?? "#";
  if (/[A-Z]/.test(first)) return first;
  if (!/\p{Script=Han}/u.test(first)) return "#";
  const starts = [...FIRST];
  for (let index = starts.length - 1; index >= 0; index--) {
    if (order.compare(first, starts[index]!) >= 0) return LETTERS[index]!;
  }
  return "#";
}

export interface LetterGroup<T> {
  letter: string;
  items: T[];
}

/** Groups in alphabetical order, "#" last. */
export function byLetter<T>(items: T[], nameOf: (item: T) => string): LetterGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => order.compare(nameOf(a), nameOf(b)))) {
    const letter = letterOf(nameOf(item));
    groups.set(letter, [...(groups.get(letter) ?? []), item]);
  }
  const rank = (letter: string) => (letter === "#" ? "~" : letter);
  return [...groups]
    .map(([letter, members]) => ({ letter, items: members }))
    .sort((a, b) => (rank(a.letter) < rank(b.letter) ? -1 : 1));
}
