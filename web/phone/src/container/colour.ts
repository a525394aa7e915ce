// Colours come from the app and go into styles of the shell: only plain ones do.

export function colour(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return /^#[0-9a-f]{3,8}$/i.test(value) ? value : named(value);
}

/** A colour by its name in CSS, as "#rrggbb". */
function named(name: string): string | undefined {
  if (!/^[a-z]+$/i.test(name)) return undefined;
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return undefined;
  const unlikely = "#010203";
  pen.fillStyle = unlikely;
  pen.fillStyle = name; // stays as it was when there is no such colour
  return pen.fillStyle === unlikely ? undefined : pen.fillStyle;
}

/** A colour of three or six digits, or a name. It is opaque, so that text on it is readable. */
export function opaque(value: unknown): string | undefined {
  const found = colour(value);
  return found && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(found) ? found : undefined;
}

/** Whether white reads better on an opaque colour than black does (WCAG's luminance). */
export function isDarkColour(value: string): boolean {
  const digits = value.slice(1);
  const luminance = (index: number) => {
    const hex =
      digits.length === 3 ? digits[index]!.repeat(2) : digits.slice(2 * index, 2 * index + 2);
    const part = parseInt(hex, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * luminance(0) + 0.7152 * luminance(1) + 0.0722 * luminance(2) < 0.179;
}
