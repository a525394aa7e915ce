import type { JSX } from "preact";
import { t } from "../texts";
import type { AppInfo } from "../../../../shared/protocol";
import { Sheet } from "./Sheet";

const SCOPES = {
  profile: "scopeUser",
  location: "scopeLocation",
  record: "scopeRecord",
  "scope.userInfo": "scopeUser",
  "scope.userLocation": "scopeLocation",
  "scope.writePhotosAlbum": "scopeAlbum",
  "scope.camera": "scopeCamera",
  "scope.record": "scopeRecord",
} as const;
export type Scope = keyof typeof SCOPES;

interface Props {
  app: AppInfo;
  scope: Scope;
  /** What the host says that it allows, in the user's language. */
  purpose: string;
  onAnswer: (allowed: boolean) => void;
}

export function ConsentSheet({ app, scope, purpose, onAnswer }: Props): JSX.Element {
  const key = SCOPES[scope];
  const what = key ? t(key) : t("scopeOther", { scope });
  return (
    <Sheet
      kind="half"
      label={`${t("requests", { name: app.name })}: ${what}`}
      onClose={() => onAnswer(false)}
    >
      <p class="mp-asks">{t("asksFor")}</p>
      <h2 class="mp-consent-what">{what}</h2>
      {purpose && (
        <p class="mp-quiet" dir="auto">
          {purpose}
        </p>
      )}
      <div class="mp-pair">
        <button type="button" class="mp-button mp-grey" onClick={() => onAnswer(false)}>
          {t("deny")}
        </button>
        <button type="button" class="mp-button mp-green" onClick={() => onAnswer(true)}>
          {t("allow")}
        </button>
      </div>
    </Sheet>
  );
}
