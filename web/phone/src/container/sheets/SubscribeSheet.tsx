import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts";
import type { AppInfo } from "../../../../shared/protocol";
import { Sheet } from "./Sheet";

export interface Template {
  id: string;
  title: string;
  fields?: { key?: string; label: string }[];
}

interface Props {
  app: AppInfo;
  templates: Template[];
  onAnswer: (result: Record<string, unknown>) => void;
}

export function SubscribeSheet({ app, templates, onAnswer }: Props): JSX.Element {
  // Ticked as the sheet's question names them; "Allow" is the consent and nothing is sent without it.
  const [chosen, setChosen] = useState(() => new Set(templates.map(({ id }) => id)));
  const [always, setAlways] = useState(false);
  const end = (allow: boolean) => {
    const answers = templates.map(({ id }) => [id, allow && chosen.has(id) ? "accept" : "reject"]);
    onAnswer({ ...Object.fromEntries(answers), always });
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Sheet kind="half" label={t("subscribeAsk", { name: app.name })} onClose={() => end(false)}>
      <p class="mp-asks">{t("subscribeAsk", { name: app.name })}</p>
      <div class="mp-templates">
        {templates.map(({ id, title, fields }) => (
          <label key={id} class="mp-template">
            <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
            <span>
              <span dir="auto">{title}</span>
              {fields && fields.length > 0 && (
                <small dir="auto">{fields.map((field) => field.label).join(" · ")}</small>
              )}
            </span>
          </label>
        ))}
      </div>
      <label class="mp-always">
        <input
          type="checkbox"
          checked={always}
          onChange={(event) => setAlways(event.currentTarget.checked)}
        />
        <span>{t("always")}</span>
      </label>
      <div class="mp-pair">
        <button type="button" class="mp-button mp-grey" onClick={() => end(false)}>
          {t("cancel")}
        </button>
        <button
          type="button"
          class="mp-button mp-green"
          disabled={chosen.size === 0}
          onClick={() => end(true)}
        >
          {t("allow")}
        </button>
      </div>
    </Sheet>
  );
}
