// Which pages need the second of the two scripts of a frame. The shell decides it from what it knows of
// a page before the frame does, so that the script is there when the page comes.

import type { Command, Node, Structure } from "./protocol";

/** Tags whose behaviour is in the second script. The script does not compile when it lacks one. */
export const EXTRA_TAGS = [
  "audio",
  "camera",
  "canvas",
  "editor",
  "live-player",
  "live-pusher",
  "map",
  "video",
] as const;

const tags: ReadonlySet<string> = new Set(EXTRA_TAGS);

/** A canvas out of sight has no tag: its drawing and these commands say that it is there. */
const commands: ReadonlySet<Command> = new Set(["canvasGetImageData", "canvasToTempFilePath"]);

export function commandNeedsExtra(name: Command): boolean {
  return commands.has(name);
}

/**
 * Whether a page of these structures has such a tag, or functions of WXS modules that run in the frame.
 * Which components a page shows is not known yet, so all of its app count.
 */
export function structuresNeedExtra(structures: readonly Structure[]): boolean {
  return structures.some(
    ({ fragments, modules }) =>
      modules?.some((module) => module !== null) ||
      fragments.some((fragment) => fragment.kids.some(nodeNeedsExtra)),
  );
}

function nodeNeedsExtra(node: Node): boolean {
  if (typeof node === "string" || !("tag" in node)) return false;
  // A component may have any name, that of such a tag too.
  const own = node.comp === undefined && tags.has(node.tag.toLowerCase());
  return own || (node.kids?.some(nodeNeedsExtra) ?? false);
}
