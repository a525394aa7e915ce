// Paths of a bundle as a tree: folders first, then files, each by name.

import type { SourceFile } from "../wire";

export interface Folder {
  name: string;
  path: string;
  folders: Folder[];
  files: SourceFile[];
}

export function treeOf(files: SourceFile[]): Folder {
  const root: Folder = { name: "", path: "", folders: [], files: [] };
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const steps = file.path.split("/").slice(0, -1);
    let at = root;
    for (const name of steps) {
      let next = at.folders.find((folder) => folder.name === name);
      if (!next) {
        next = { name, path: at.path ? `${at.path}/${name}` : name, folders: [], files: [] };
        at.folders.push(next);
      }
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** "pages/cart/cart.js:34:5", as tools and people write a place. */
export function placeText(file: string, line?: number, column?: number): string {
  return [file, line || null, line ? column || null : null]
    .filter((part) => part !== null)
    .join(":");
}
