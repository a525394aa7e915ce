// What in a text leads somewhere: web addresses, mail addresses, telephone numbers.

export interface Piece {
  text: string;
  /** Where it leads; absent for plain text. */
  href?: string;
}

/** Ends before a character that addresses do not contain, in Latin or Chinese text. */
const TAIL = "[^\\s<>\"'`，。！？、；：（）【】《》「」“”]";
const WEB = `(?:https?://|www\\.(?=[\\p{L}\\p{N}-]+\\.))${TAIL}+`;
const MAIL = "[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,}";
/** With a plus, with an area code, or as the mobile numbers of China: other digits are amounts and dates. */
const PHONE = [
  "\\+\\d(?:[ -]?\\(?\\d\\)?){7,14}",
  "1[3-9]\\d(?:[ -]?\\d{4}){2}",
  "\\(\\d{2,4}\\)[ -]?\\d{3,4}[ -]?\\d{4}",
  "0\\d{2,3}[ -]?\\d{7,8}",
].join("|");
const LINK = new RegExp(
  `(?<web>${WEB})|(?<mail>${MAIL})|(?<![A-Za-z0-9.+-])(?<phone>${PHONE})(?![A-Za-z0-9])`,
  "gu",
);

/** The text in pieces; joined they are the text again. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const { web, mail } = match.groups!;
    const found = web === undefined ? match[0] : withoutTail(web);
    const href =
      web !== undefined
        ? found.startsWith("www.")
          ? `https://${found}`
          : found
        : mail !== undefined
          ? `mailto:${found}`
          : `tel:${found.replace(/[^\d+]/g, "")}`;
    if (web !== undefined && !URL.canParse(href)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Without the punctuation of the sentence around it; a bracket that the address opened is its own. */
function withoutTail(address: string): string {
  let text = address;
  for (;;) {
    const last = text.at(-1)!;
    const closes = last === ")" && text.split(")").length > text.split("(").length;
    if (!closes && !".,;:!?*_~".includes(last)) return text;
    text = text.slice(0, -1);
  }
}
