import type { JSX } from "preact";
import { useState } from "preact/hooks";

// White letters on these have a contrast of 4.5 or more.
const COLOURS = [
  "#1f6f8b",
  "#047a3c",
  "#8a4b9c",
  "#b0472f",
  "#3d5aa8",
  "#8a5a00",
  "#00736b",
  "#9c3d62",
];

interface Props {
  name: string;
  url: string | null | undefined;
  size?: number;
  /** Mini programs are round, people and accounts are square. */
  round?: boolean;
}

export function Avatar({ name, url, size = 48, round = false }: Props): JSX.Element {
  const [broken, setBroken] = useState<string | null>(null);
  const style = { width: size, height: size, fontSize: size * 0.44 };
  const className = round ? "avatar round" : "avatar";
  if (url && broken !== url) {
    return (
      <img
        class={className}
        style={style}
        src={url}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setBroken(url)}
      />
    );
  }
  return (
    <span class={className} style={{ ...style, background: colourOf(name) }} aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}

function initialOf(name: string): string {
  // By code point, so that an emoji or a rare character is not cut in half.
  return ([...name.trim()][0] ?? "?").toLocaleUpperCase();
}

function colourOf(name: string): string {
  // FNV-1a: neighbours such as "Anna" and "Anne" get colours of their own.
  let hash = 0x811c9dc5;
  for (const character of name)
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return COLOURS[((hash ^ (hash >>> 13)) >>> 0) % COLOURS.length]!;
}
