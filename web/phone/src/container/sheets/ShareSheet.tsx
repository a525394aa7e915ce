import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { uuid } from "../../../../shared/uuid";
import { Avatar } from "../../kit/Avatar";
import { errorText } from "../../kit/Feedback";
import { api } from "../../services";
import { chats, sortedConversations } from "../../state/chats";
import { useStore } from "../../state/store";
import { t } from "../texts";
import type { AppInfo } from "../../../../shared/protocol";
import { AppMark } from "./AppMark";
import { Sheet } from "./Sheet";

export interface Card {
  app_id: string;
  title: string;
  path: string;
  image_url: string | null;
}

interface Props {
  app: AppInfo;
  card: Card;
  onAnswer: (sent: boolean) => void;
}

export function ShareSheet({ app, card, onAnswer }: Props): JSX.Element {
  const conversations = useStore(chats, (state) => state.conversations);
  const loaded = useStore(chats, (state) => state.loaded);
  const [chosen, setChosen] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  const people = useMemo(
    () => sortedConversations(chats.get()).filter((chat) => chat.kind === "direct"),
    [conversations],
  );

  const send = async () => {
    setBusy(true);
    setError("");
    try {
      for (const id of chosen) {
        await api.post(`/conversations/${id}/messages`, {
          client_id: uuid(),
          kind: "app_card",
          content: card,
        });
        // What is sent is not sent twice when a later one fails.
        setChosen((rest) => rest.filter((one) => one !== id));
      }
      onAnswer(true);
    } catch (reason) {
      setError(errorText(reason));
      setBusy(false);
    }
  };

  return (
    <Sheet kind="half" label={t("forward")} onClose={() => onAnswer(false)} locked={busy}>
      <div class="mp-card">
        <span class="mp-card-head">
          <AppMark app={app} size={20} />
        </span>
        <span class="mp-card-title" dir="auto">
          {card.title}
        </span>
        {card.image_url && <img src={card.image_url} alt="" />}
      </div>
      <h2 class="mp-list-title">{t("sendTo")}</h2>
      <div class="mp-chats">
        {loaded && people.length === 0 && <p class="mp-quiet">{t("noChats")}</p>}
        {people.map((chat) => (
          <label key={chat.id} class="mp-chat">
            <input
              type="checkbox"
              checked={chosen.includes(chat.id)}
              onChange={(event) => {
                const on = event.currentTarget.checked;
                setChosen((before) =>
                  on ? [...before, chat.id] : before.filter((id) => id !== chat.id),
                );
              }}
            />
            <Avatar name={chat.title} url={chat.avatar_url} size={36} />
            <span dir="auto">{chat.title}</span>
          </label>
        ))}
      </div>
      {error && (
        <p class="mp-bad" role="alert">
          {error}
        </p>
      )}
      <div class="mp-pair">
        <button
          type="button"
          class="mp-button mp-grey"
          disabled={busy}
          onClick={() => onAnswer(false)}
        >
          {t("cancel")}
        </button>
        <button
          type="button"
          class="mp-button mp-green"
          disabled={busy || chosen.length === 0}
          onClick={() => void send()}
        >
          {busy && <span class="mp-spin" />}
          {t("send")}
        </button>
      </div>
    </Sheet>
  );
}
