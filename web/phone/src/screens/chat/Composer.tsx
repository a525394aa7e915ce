import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { App, Conversation } from "../../../../shared/types";
import { Icon } from "../../kit/Icon";
import { showActions } from "../../kit/Overlays";
import { useBackLayer } from "../../nav/layers";
import { go, routes, SCENE, TWO_PANES } from "../../nav/routes";
import { getAccount } from "../../state/catalogue";
import { readDraft, sendText, writeDraft } from "../../state/chats";
import { t } from "../../texts";

/** As the host's limit: the field takes no more characters. */
const TEXT_MAX = 4000;
/** Lines until the field scrolls. */
const ROWS_MAX = 5;
const LINE_HEIGHT = 24;
const EMOJI =
  "😀 😄 😂 🤣 😊 😍 😘 😎 🤔 😅 😭 😡 😱 🥺 😴 🤗 👍 👎 👏 🙏 💪 👌 ✌️ 🤝 ❤️ 💔 🌹 🎉 🎂 🍵 ☕ 🍻 🌞 🌙 ⭐ 🔥 🐶 🐱 🍎 🎁".split(
    " ",
  );

interface Props {
  conversation: Conversation;
  active: boolean;
  /** Returns whether there was a picture among them. */
  onPictures: (files: FileList | File[] | null | undefined) => boolean;
}

export function Composer({ conversation, active, onPictures }: Props): JSX.Element {
  const { id } = conversation;
  const apps = useAccountApps(conversation);
  const [typing, setTyping] = useState(conversation.kind !== "account");
  const [text, setText] = useState(() => readDraft(id));
  const [emoji, setEmoji] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useBackLayer(emoji, () => setEmoji(false));

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, ROWS_MAX * LINE_HEIGHT + 16)}px`;
  }, [text, typing]);
  useEffect(() => writeDraft(id, text), [id, text]);
  useEffect(() => {
    // On a phone this would open the keyboard over what the reader came to read.
    if (active && matchMedia(TWO_PANES).matches) field.current?.focus({ preventScroll: true });
  }, [active, typing]);

  const send = () => {
    const trimmed = text.trim();
    if (!trimmed) return;
    sendText(id, trimmed);
    setText("");
    field.current?.focus();
  };
  const insert = (piece: string) => {
    const element = field.current;
    const at = element?.selectionStart ?? text.length;
    setText(text.slice(0, at) + piece + text.slice(element?.selectionEnd ?? at));
    requestAnimationFrame(() => element?.setSelectionRange(at + piece.length, at + piece.length));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends a Chinese or Japanese composition belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229)
      return;
    event.preventDefault();
    send();
  };

  if (!typing && apps !== null) {
    return <AccountMenu apps={apps} onKeyboard={() => setTyping(true)} />;
  }
  return (
    <div class="composer">
      <form
        class="composer-bar"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {conversation.kind === "account" && (
          <button
            type="button"
            class="composer-button"
            aria-label={t("showMenu")}
            onClick={() => setTyping(false)}
          >
            <Icon name="menu" size={26} />
          </button>
        )}
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={TEXT_MAX}
          aria-label={t("messageTo", { name: conversation.title })}
          placeholder={t("messagePlaceholder")}
          enterkeyhint="send"
          dir="auto"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (onPictures(event.clipboardData?.files)) event.preventDefault();
          }}
          data-testid="composer"
        />
        <button
          type="button"
          class="composer-button"
          aria-label={t("emoji")}
          aria-expanded={emoji}
          onClick={() => setEmoji(!emoji)}
        >
          <Smile />
        </button>
        {text.trim() ? (
          <button type="submit" class="composer-send" data-testid="send">
            {t("send")}
          </button>
        ) : (
          <button
            type="button"
            class="composer-button"
            aria-label={t("sendPhoto")}
            title={t("sendPhoto")}
            onClick={() => picker.current?.click()}
          >
            <Icon name="image" size={26} />
          </button>
        )}
        <input
          ref={picker}
          type="file"
          accept="image/*"
          hidden
          data-testid="picture-input"
          onChange={(event) => {
            onPictures(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
      </form>
      {emoji && (
        <div class="emoji" role="group" aria-label={t("emoji")}>
          {EMOJI.map((one) => (
            <button type="button" key={one} onClick={() => insert(one)}>
              {one}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Smile(): JSX.Element {
  return (
    <svg
      width="26"
      height="26"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <circle cx="12" cy="12" r="9" />
      <path d="M8 14.2c.9 1.5 2.3 2.3 4 2.3s3.1-.8 4-2.3M9 9.6h.01M15 9.6h.01" stroke-width="1.9" />
    </svg>
  );
}

/** Buttons beyond this many fold into "More". */
const MENU_BUTTONS = 3;

/** Instead of the field: what the account offers. */
function AccountMenu({ apps, onKeyboard }: { apps: App[]; onKeyboard: () => void }): JSX.Element {
  const open = (app: App) => go(routes.app(app.id, { scene: SCENE.accountMenu }));
  const folds = apps.length > MENU_BUTTONS;
  const shown = folds ? apps.slice(0, MENU_BUTTONS - 1) : apps;
  return (
    <div class="composer account-menu" role="toolbar" aria-label={t("accountMenu")}>
      <button
        type="button"
        class="composer-button"
        aria-label={t("writeMessage")}
        onClick={onKeyboard}
      >
        <Icon name="keyboard" size={26} />
      </button>
      {shown.map((app) => (
        <button type="button" class="account-app" key={app.id} onClick={() => open(app)}>
          <Icon name="apps" size={16} />
          <span dir="auto">{app.name}</span>
        </button>
      ))}
      {folds && (
        <button
          type="button"
          class="account-app"
          onClick={() =>
            showActions(
              t("miniPrograms"),
              apps
                .slice(MENU_BUTTONS - 1)
                .map((app) => ({ label: app.name, run: () => open(app) })),
            )
          }
        >
          <Icon name="menu" size={16} />
          <span>{t("more")}</span>
        </button>
      )}
    </div>
  );
}

/** The released apps of the account that one talks to; null when there are none, or it is a person. */
function useAccountApps(conversation: Conversation): App[] | null {
  const [apps, setApps] = useState<App[] | null>(null);
  const accountId = conversation.peer.type === "account" ? conversation.peer.id : null;
  useEffect(() => {
    setApps(null);
    if (accountId === null) return;
    let current = true;
    getAccount(accountId)
      .then((account) => {
        const released = account.apps.filter((app) => app.released_version !== null);
        if (current && released.length > 0) setApps(released);
      })
      // Without the menu one can still write.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [accountId]);
  return apps;
}
