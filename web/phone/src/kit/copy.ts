/** Puts a text on the clipboard, also on plain http, where browsers have no clipboard interface. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  // Into the open dialog if there is one: what lies behind it cannot be selected.
  const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  place.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
