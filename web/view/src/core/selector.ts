// Selectors of programs, as the document has them.

/** Translates a selector of the app for the document: `view` is the element wx-view. */
export function translate(selector: string): string {
  return selector
    .replace(/>>>/g, " ")
    .replace(
      /(\[[^\]]*\])|(^|[\s>+~,(])([a-z][\w-]*)/gi,
      (_, bracket: string, before: string, tag: string) =>
        bracket ?? (/^(odd|even|n)$/.test(tag) ? before + tag : `${before}wx-${tag.toLowerCase()}`),
    );
}
