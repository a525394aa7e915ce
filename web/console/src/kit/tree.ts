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

/** The app.json of the program in a bundle, which may be a project with the program in a folder of it. */
export function manifestOf(files: { path: string }[]): string | undefined {
  return files
    .map(({ path }) => path.split("/"))
    .filter((names) => names.at(-1) === "app.json" && !names.some((name) => PACKAGES.has(name)))
    .sort((a, b) => a.length - b.length)[0]
    ?.join("/");
}

/**
 * The file of a bundle that a place names. Programs that ran name their files from the folder of app.json,
 * the compiler from the top of the project.
 */
export function sourceOf(files: { path: string }[], place: string): string {
  const program = (manifestOf(files) ?? "").slice(0, -"app.json".length);
  const known = (path: string) => files.some((file) => file.path === path);
  return !known(place) && known(program + place) ? program + place : place;
}

const PACKAGES = new Set(["node_modules", "miniprogram_npm"]);
