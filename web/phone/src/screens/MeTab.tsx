import type { JSX } from "preact";
import { Avatar } from "../kit/Avatar";
import { Cell, CellGroup, Link } from "../kit/Cells";
import { Page } from "../kit/Page";
import { Icon } from "../kit/Icon";
import { invitations } from "../state/invitations";
import { session } from "../state/session";
import { useStore } from "../state/store";
import { t } from "../texts";
import { becomeDeveloper } from "./becomeDeveloper";

export function MeTab(): JSX.Element | null {
  const user = useStore(session, (state) => (state.status === "in" ? state.user : null));
  const open = useStore(invitations, (value) => value?.length ?? 0);
  if (!user) return null;
  return (
    <Page title={t("me")} backTo={null}>
      <Link class="me-head" to="/profile" testid="profile-link">
        <Avatar name={user.display_name} url={user.avatar_url} size={64} />
        <span class="cell-main">
          <span class="me-name" dir="auto">
            {user.display_name}
          </span>
          <span class="cell-detail">{t("handleIs", { handle: user.handle })}</span>
        </span>
        <span class="cell-arrow">
          <Icon name="forward" size={16} />
        </span>
      </Link>
      <CellGroup>
        <Cell icon="wallet" tint="#07c160" title={t("wallet")} to="/wallet" />
      </CellGroup>
      <CellGroup>
        <Cell
          icon="addPerson"
          tint="#fa9d3b"
          title={t("invitations")}
          value={open > 0 ? open : undefined}
          to="/invitations"
        />
        <Cell icon="apps" tint="#6467f0" title={t("permissions")} to="/settings/permissions" />
        <Cell icon="settings" tint="#1485ee" title={t("settings")} to="/settings" />
      </CellGroup>
      <CellGroup>
        {user.roles.includes("developer") ? (
          <Cell icon="code" tint="#fa9d3b" title={t("developerConsole")} href="/developer/" />
        ) : (
          <Cell
            icon="code"
            tint="#fa9d3b"
            title={t("becomeDeveloper")}
            detail={t("becomeDeveloperDetail")}
            onClick={() => void becomeDeveloper()}
          />
        )}
        {user.roles.includes("admin") && (
          <Cell icon="admin" tint="#c84040" title={t("adminConsole")} href="/admin/" />
        )}
      </CellGroup>
    </Page>
  );
}
