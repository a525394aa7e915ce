import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import type { ID } from "../../../../shared/types";
import { ErrorBlock } from "../../kit/Feedback";
import { toast } from "../../kit/Overlays";
import { NavButton, Page } from "../../kit/Page";
import { go, routes } from "../../nav/routes";
import {
  chats,
  ensureConversation,
  isPlatform,
  openThread,
  sendImage,
  totalUnread,
} from "../../state/chats";
import { useStore } from "../../state/store";
import { t } from "../../texts";
import { ConnectionBar } from "../ChatsTab";
import { Composer } from "./Composer";
import { Log, Waiting } from "./Log";
import { PicturePreview } from "./Pictures";

interface Props {
  id: ID;
  /** The page on top: what it shows counts as read. */
  active: boolean;
}

export function ChatPage({ id, active }: Props): JSX.Element {
  const conversation = useStore(chats, (state) => state.conversations.get(id));
  const thread = useStore(chats, (state) => state.threads.get(id));
  const elsewhere = useStore(
    chats,
    (state) => totalUnread(state) - (state.conversations.get(id)?.unread ?? 0),
  );
  const [missing, setMissing] = useState<ApiError | null>(null);
  const [picked, setPicked] = useState<File | null>(null);
  const [dropping, setDropping] = useState(false);

  const load = () => {
    ensureConversation(id)
      .then(() => {
        setMissing(null);
        return openThread(id);
      })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        setMissing(error);
      });
  };
  useEffect(load, [id]);

  const title = conversation?.title ?? (missing ? t("chat") : "");
  const answerable = conversation !== undefined && !isPlatform(conversation);
  const details = answerable
    ? conversation.peer.type === "user"
      ? routes.user(conversation.peer.id)
      : routes.account(conversation.peer.id)
    : null;
  const takeFiles = (files: FileList | File[] | null | undefined) => {
    const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/"));
    if (picture) setPicked(picture);
    return picture !== undefined;
  };

  return (
    <div
      class="chat"
      data-dropping={dropping}
      onDragOver={(event) => {
        if (!answerable || ![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setDropping(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        if (!answerable) return;
        const { files } = event.dataTransfer ?? {};
        if (!takeFiles(files) && files && files.length > 0) toast(t("picturesOnly"));
      }}
    >
      <Page
        title={title}
        heading={
          <>
            <span>{title}</span>
            {conversation?.kind === "account" && (
              <span class="official-chip">{t("officialShort")}</span>
            )}
          </>
        }
        backTo="/"
        backLabel={elsewhere > 0 ? (elsewhere > 99 ? "99+" : String(elsewhere)) : undefined}
        actions={
          details && <NavButton icon="more" label={t("chatDetails")} onClick={() => go(details)} />
        }
        top={<ConnectionBar />}
        plain
        bottom={
          answerable && (
            <Composer conversation={conversation} active={active} onPictures={takeFiles} />
          )
        }
      >
        {missing ? (
          <ErrorBlock error={missing} retry={load} />
        ) : thread?.error ? (
          <ErrorBlock error={thread.error} retry={load} />
        ) : !thread || thread.state === "loading" || !conversation ? (
          <Waiting />
        ) : (
          <Log key={id} conversation={conversation} thread={thread} active={active} />
        )}
      </Page>
      {dropping && (
        <div class="drop-hint" aria-hidden="true">
          {t("dropPicture")}
        </div>
      )}
      {picked && (
        <PicturePreview
          file={picked}
          to={title}
          onClose={() => setPicked(null)}
          onSend={(picture) => {
            sendImage(id, picture);
            setPicked(null);
          }}
        />
      )}
    </div>
  );
}
