import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Avatar } from "../kit/Avatar";
import { Cell, CellGroup, Link } from "../kit/Cells";
import { Button, Empty, SkeletonRows } from "../kit/Feedback";
import { NavButton, Page } from "../kit/Page";
import { go, routes } from "../nav/routes";
import { chats, sortedConversations } from "../state/chats";
import { followedAccounts, loadFollowed } from "../state/catalogue";
import { byLetter } from "../state/letters";
import { useStore } from "../state/store";
import { t } from "../texts";

export function ContactsTab(): JSX.Element {
  const conversations = useStore(chats, (state) => state.conversations);
  const loaded = useStore(chats, (state) => state.loaded);
  const accounts = useStore(followedAccounts, (value) => value);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => void loadFollowed(), []);

  const people = useMemo(
    () => sortedConversations(chats.get()).filter((c) => c.peer.type === "user"),
    [conversations],
  );
  const groups = useMemo(() => byLetter(people, (c) => c.title), [people]);
  const jump = (letter: string) =>
    list.current?.querySelector(`[data-letter="${letter}"]`)?.scrollIntoView({ block: "start" });

  return (
    <Page
      title={t("contacts")}
      backTo={null}
      actions={<NavButton icon="addPerson" label={t("findPeople")} onClick={() => go("/people")} />}
    >
      <CellGroup>
        <Cell icon="addPerson" tint="#fa9d3b" title={t("findPeople")} to="/people" />
        <Cell
          icon="official"
          tint="#10aeff"
          title={t("officialAccounts")}
          value={accounts && accounts.length > 0 ? accounts.length : undefined}
          to="/accounts"
        />
      </CellGroup>
      {!loaded && people.length === 0 ? (
        <SkeletonRows count={5} />
      ) : people.length === 0 ? (
        <Empty icon="contacts" text={t("noContacts")}>
          <Button onClick={() => go("/people")}>{t("findPeople")}</Button>
        </Empty>
      ) : (
        <div ref={list} class="letters">
          {groups.map(({ letter, items }) => (
            <section key={letter} class="cells" data-letter={letter} aria-label={letter}>
              <h2 class="letter">{letter}</h2>
              <div class="cells-box">
                {items.map((c) => (
                  <Link key={c.id} class="cell" to={routes.user(c.peer.id)} testid="contact">
                    <Avatar name={c.title} url={c.avatar_url} size={40} />
                    <span class="cell-main">
                      <span class="cell-title" dir="auto">
                        {c.title}
                      </span>
                    </span>
                  </Link>
                ))}
              </div>
            </section>
          ))}
          <p class="list-foot">{t("contactCount", { count: people.length })}</p>
          {groups.length > 3 && (
            <nav class="letter-index" aria-label={t("alphabet")}>
              {groups.map(({ letter }) => (
                <button
                  type="button"
                  key={letter}
                  aria-label={t("jumpTo", { letter })}
                  onClick={() => jump(letter)}
                >
                  {letter}
                </button>
              ))}
            </nav>
          )}
        </div>
      )}
    </Page>
  );
}
