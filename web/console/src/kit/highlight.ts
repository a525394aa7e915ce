// Colours for the languages of a mini program. It only has to help the eye: one pass of words per
// line, with the one state that crosses lines (a comment that is still open).

export type Token = {
  kind: "" | "comment" | "string" | "keyword" | "number" | "tag" | "name";
  text: string;
};

type Kind = Token["kind"];
type Rule = [Kind, RegExp];

const SCRIPT: Rule[] = [
  ["comment", /\/\/.*|\/\*.*?(?:\*\/|$)/y],
  ["string", /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?/y],
  [
    "keyword",
    /\b(?:async|await|break|case|catch|class|const|continue|default|delete|do|else|export|extends|false|finally|for|from|function|if|import|in|instanceof|let|new|null|of|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|yield)\b/y,
  ],
  ["tag", /\bwx\.\w+|\b(?:App|Page|Component|Behavior|getApp|require)\b/y],
  ["number", /\b\d[\w.]*/y],
  ["", /[A-Za-z_$][\w$]*/y],
];
const MARKUP: Rule[] = [
  ["comment", /<!--.*?(?:-->|$)/y],
  ["tag", /<\/?[\w-]+|\/?>/y],
  ["string", /"[^"]*"?|'[^']*'?/y],
  ["keyword", /\{\{.*?(?:\}\}|$)/y],
  ["name", /[\w:-]+(?==)/y],
  ["", /[\w-]+/y],
];
const STYLE: Rule[] = [
  ["comment", /\/\*.*?(?:\*\/|$)/y],
  ["string", /"[^"]*"?|'[^']*'?/y],
  ["keyword", /@[\w-]+/y],
  ["name", /[\w-]+(?=\s*:)/y],
  ["number", /#[0-9a-fA-F]{3,8}\b|-?\b\d[\w.%]*/y],
  ["tag", /[.#][A-Za-z][\w-]*/y],
  ["", /[\w-]+/y],
];
const DATA: Rule[] = [
  ["name", /"(?:[^"\\]|\\.)*"(?=\s*:)/y],
  ["string", /"(?:[^"\\]|\\.)*"?/y],
  ["keyword", /\b(?:true|false|null)\b/y],
  ["number", /-?\b\d[\w.+-]*/y],
];

interface Language {
  rules: Rule[];
  /** Where a comment that crosses lines starts and ends. */
  comment?: [string, string];
}

function languageOf(path: string): Language | null {
  switch (path.slice(path.lastIndexOf(".") + 1).toLowerCase()) {
    case "js":
    case "ts":
    case "wxs":
    case "mjs":
      return { rules: SCRIPT, comment: ["/*", "*/"] };
    case "wxml":
    case "html":
    case "svg":
    case "xml":
      return { rules: MARKUP, comment: ["<!--", "-->"] };
    case "wxss":
    case "css":
      return { rules: STYLE, comment: ["/*", "*/"] };
    case "json":
      return { rules: DATA };
    default:
      return null;
  }
}

/** A line longer than this is machine-made; colouring it would only cost time. */
const MAX_COLOURED = 2_000;

export function highlight(path: string, lines: string[]): Token[][] {
  const language = languageOf(path);
  if (!language) return lines.map((text) => [{ kind: "", text }]);
  let open = false;
  return lines.map((line) => {
    if (line.length > MAX_COLOURED) return [{ kind: "", text: line }];
    const tokens: Token[] = [];
    let at = 0;
    if (open && language.comment) {
      const end = line.indexOf(language.comment[1]);
      at = end < 0 ? line.length : end + language.comment[1].length;
      open = end < 0;
      tokens.push({ kind: "comment", text: line.slice(0, at) });
    }
    at = scan(line, at, language, tokens);
    const last = tokens.at(-1);
    if (!open && language.comment && last?.kind === "comment") {
      open = last.text.startsWith(language.comment[0]) && !last.text.endsWith(language.comment[1]);
    }
    return tokens;
  });
}

function scan(line: string, from: number, { rules }: Language, tokens: Token[]): number {
  let at = from;
  let plain = "";
  const flush = () => {
    if (plain) tokens.push({ kind: "", text: plain });
    plain = "";
  };
  next: while (at < line.length) {
    for (const [kind, rule] of rules) {
      rule.lastIndex = at;
      const found = rule.exec(line)?.[0];
      if (!found) continue;
      if (kind === "") plain += found;
      else {
        flush();
        tokens.push({ kind, text: found });
      }
      at += found.length;
      continue next;
    }
    plain += line[at++];
  }
  flush();
  return at;
}
