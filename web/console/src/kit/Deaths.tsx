// How the sandbox of a version ended, each time: the evidence for its pause.

import type { Pause } from "../wire";
import { When } from "./Marks";
import { t } from "./texts";

export function Deaths({ of }: { of: Pause["deaths"] }) {
  return (
    <ol className="reasons">
      {of.map(({ at, detail }, index) => {
        // A process that breaks writes why, an empty line, and then where it was: many lines for few readers.
        const end = detail.indexOf("\n\n");
        const [why, where] = end < 0 ? [detail, ""] : [detail.slice(0, end), detail.slice(end + 2)];
        return (
          <li key={index}>
            <When at={at} exact />
            <pre className="evidence" dir="auto">
              {why}
            </pre>
            {where && (
              <details>
                <summary>{t("whereItWas")}</summary>
                <pre className="evidence">{where}</pre>
              </details>
            )}
          </li>
        );
      })}
    </ol>
  );
}
