// A QR code, always dark on white: cameras do not read it the other way round.

import { useMemo } from "react";
import { renderSVG } from "uqr";

export function Qr({ text, label }: { text: string; label: string }) {
  const source = useMemo(
    () => `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`,
    [text],
  );
  return <img className="qr" src={source} alt={label} width={168} height={168} />;
}
