import type { JSX } from "preact";
import { Icon, type IconName } from "../../kit/Icon";
import { t } from "../texts";
import type { AppInfo } from "../../../../shared/protocol";
import { Sheet } from "./Sheet";

export interface MenuItem {
  icon: IconName;
  label: string;
  /** Why it cannot be used now; shown under it. */
  off?: string;
  run: () => void;
}

interface Props {
  app: AppInfo;
  /** Rows of tiles. */
  rows: MenuItem[][];
  onClose: () => void;
}

/** What the capsule's three dots open. */
export function MenuSheet({ app, rows, onClose }: Props): JSX.Element {
  return (
    <Sheet kind="actions" label={t("menu")} onClose={onClose}>
      {app.account && (
        <p class="mp-menu-head" dir="auto">
          {t("by", { name: app.account.name })}
        </p>
      )}
      {rows.map((row, index) => (
        <div class="mp-tiles" key={index}>
          {row.map((item) => (
            <button
              type="button"
              key={item.label}
              class="mp-tile"
              disabled={item.off !== undefined}
              onClick={() => {
                onClose();
                item.run();
              }}
            >
              <span>
                <Icon name={item.icon} size={26} />
              </span>
              <small>{item.label}</small>
              {item.off && <small class="mp-off">{item.off}</small>}
            </button>
          ))}
        </div>
      ))}
      <button type="button" class="mp-action mp-action-cancel" onClick={onClose}>
        {t("cancel")}
      </button>
    </Sheet>
  );
}
