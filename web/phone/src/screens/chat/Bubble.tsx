import type { ComponentChildren, JSX } from "preact";
import { memo } from "preact/compat";
import { formatAmount, formatTime, locale } from "../../../../shared/i18n";
import type { ID, Message, MessageContents } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { Link } from "../../kit/Cells";
import { useAfter } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { showActions } from "../../kit/Overlays";
import { routes, SCENE } from "../../nav/routes";
import { useApp } from "../../state/apps";
import { discard, resend, type Outgoing } from "../../state/chats";
import { currentUser } from "../../state/session";
import { t } from "../../texts";
import { preview, said } from "../ChatsTab";
import { piecesOf } from "./links";
import { Picture } from "./Pictures";

/** Sending that takes less than this shows no sign of it. */
const CLOCK_AFTER_MS = 300;

interface RowProps {
  own: boolean;
  name: string;
  avatarUrl: string | null;
  profile: string | null;
  label: string;
  status?: ComponentChildren;
  testid?: string;
  place?: number;
  of?: number;
  children: ComponentChildren;
}

function Row(props: RowProps): JSX.Element {
  const avatar = <Avatar name={props.name} url={props.avatarUrl} size={40} />;
  return (
    <div
      class={props.own ? "message own" : "message"}
      role="article"
      tabIndex={-1}
      aria-label={props.label}
      aria-posinset={props.place}
      aria-setsize={props.of}
      data-testid={props.testid ?? "message"}
    >
      {props.profile ? (
        <Link class="message-avatar" to={props.profile} label={props.name}>
          {avatar}
        </Link>
      ) : (
        avatar
      )}
      <div class="message-body">
        {props.children}
        {props.status}
      </div>
    </div>
  );
}

interface MessageProps {
  message: Message;
  own: boolean;
  /** Whether the sender has a page that the picture leads to. */
  hasProfile: boolean;
  /** Its place among all messages of the chat. */
  place: number;
  of: number;
}

function SentMessage({ message, own, hasProfile, place, of }: MessageProps): JSX.Element {
  if (message.kind === "system") {
    return (
      <p class="system-line" dir="auto" data-testid="message">
        {said(message.content)}
      </p>
    );
  }
  const { sender } = message;
  const profile =
    own || !hasProfile
      ? null
      : sender.type === "account"
        ? routes.account(sender.id)
        : sender.type === "user"
          ? routes.user(sender.id)
          : null;
  const time = formatTime(new Date(message.created_at));
  return (
    <Row
      own={own}
      name={sender.name}
      avatarUrl={sender.avatar_url}
      profile={profile}
      label={t("messageLabel", {
        name: own ? t("you") : sender.name,
        time,
        text: preview(message),
      })}
      place={place}
      of={of}
    >
      <Content message={message} />
    </Row>
  );
}

// The language is part of what a message shows, so it is compared too.
const MemoMessage = memo((props: MessageProps & { language: string }) => (
  <SentMessage {...props} />
));

export function MessageView(props: MessageProps): JSX.Element {
  return <MemoMessage {...props} language={locale()} />;
}

function Content({ message }: { message: Message }): JSX.Element {
  switch (message.kind) {
    case "text":
      return (
        <div class="bubble" dir="auto">
          <Linked text={said(message.content)} />
        </div>
      );
    case "image":
      return <Picture {...message.content} />;
    case "app_card":
      return <AppCard {...message.content} />;
    case "template":
      return <TemplateCard {...message.content} />;
    case "receipt":
      return <ReceiptCard {...message.content} />;
    default:
      return <div class="bubble faint">{t("unsupportedMessage")}</div>;
  }
}

function AppCard(content: MessageContents["app_card"]): JSX.Element {
  const app = useApp(content.app_id);
  return (
    <Link
      class="card app-card"
      to={routes.app(content.app_id, { path: content.path, scene: SCENE.chatCard })}
      testid="app-card"
    >
      <span class="card-title" dir="auto">
        {content.title}
      </span>
      {content.image_url ? (
        <img src={content.image_url} alt="" loading="lazy" />
      ) : (
        <span class="app-card-blank" aria-hidden="true">
          <Icon name="apps" size={44} />
        </span>
      )}
      {/* Title and picture are the app's words; whose they are is the host's. */}
      <span class="card-foot">
        {app ? (
          <>
            <Avatar name={app.name} url={app.icon_url} size={16} round />
            <bdi>{app.name}</bdi>
          </>
        ) : (
          <>
            <Icon name="apps" size={14} />
            {t("miniProgram")}
          </>
        )}
      </span>
    </Link>
  );
}

function TemplateCard(content: MessageContents["template"]): JSX.Element {
  const body = (
    <>
      <span class="card-title strong" dir="auto">
        {content.title}
      </span>
      <span class="card-fields" role="list">
        {content.fields.map((field) => (
          <span class="card-field" role="listitem" key={field.label}>
            <span class="card-label" dir="auto">
              {field.label}
            </span>
            <span class="card-value" dir="auto">
              {field.value}
            </span>
          </span>
        ))}
      </span>
      {content.app_id && (
        <span class="card-more">
          {t("openMiniProgram")}
          <Icon name="forward" size={14} />
        </span>
      )}
    </>
  );
  if (!content.app_id) return <div class="card notice-card">{body}</div>;
  const to = routes.app(content.app_id, { path: content.path, scene: SCENE.template });
  return (
    <Link class="card notice-card" to={to} testid="template-card">
      {body}
    </Link>
  );
}

function ReceiptCard(content: MessageContents["receipt"]): JSX.Element {
  return (
    <Link class="card notice-card" to={routes.order(content.order_id)} testid="receipt-card">
      <span class="card-kind">{t("paymentReceipt")}</span>
      <bdi class="receipt-amount">{formatAmount(content.amount, content.currency)}</bdi>
      <span class="card-fields">
        <span class="card-field">
          <span class="card-label">{t("description")}</span>
          <span class="card-value" dir="auto">
            {content.title}
          </span>
        </span>
        <span class="card-field">
          <span class="card-label">{t("payee")}</span>
          <span class="card-value" dir="auto">
            {content.payee}
          </span>
        </span>
      </span>
      <span class="card-more">
        {t("viewDetails")}
        <Icon name="forward" size={14} />
      </span>
    </Link>
  );
}

interface OutgoingProps {
  conversationId: ID;
  outgoing: Outgoing;
}

export function OutgoingView({ conversationId, outgoing }: OutgoingProps): JSX.Element {
  const user = currentUser();
  const failed = outgoing.state === "failed";
  const waits = failed && outgoing.offline === true;
  const text =
    outgoing.kind === "text"
      ? (outgoing.content as MessageContents["text"]).text
      : t("photoPrefix");
  const options = () =>
    showActions(waits ? t("notSentOffline") : (outgoing.error ?? t("notSent")), [
      { label: t("resend"), run: () => resend(conversationId, outgoing.clientId) },
      {
        label: t("delete"),
        danger: true,
        run: () => discard(conversationId, outgoing.clientId),
      },
    ]);
  return (
    <Row
      own
      name={user?.display_name ?? ""}
      avatarUrl={user?.avatar_url ?? null}
      profile={null}
      label={t("messageLabel", {
        name: t("you"),
        time: waits ? t("waiting") : failed ? t("notSent") : t("sending"),
        text,
      })}
      testid={waits ? "waiting-message" : failed ? "failed-message" : "sending-message"}
      status={
        failed ? (
          <button
            type="button"
            class={waits ? "send-waits" : "send-failed"}
            aria-label={waits ? t("waitingOptions") : t("notSentOptions")}
            onClick={options}
          >
            {waits ? <Icon name="clock" size={18} /> : "!"}
          </button>
        ) : (
          <Sending />
        )
      }
    >
      {outgoing.kind === "text" ? (
        <div class="bubble" dir="auto">
          <Linked text={text} />
        </div>
      ) : (
        <div class={failed ? "picture" : "picture sending"}>
          {outgoing.preview && <img src={outgoing.preview} alt={t("photoPrefix")} />}
        </div>
      )}
    </Row>
  );
}

function Sending(): JSX.Element | null {
  const due = useAfter(CLOCK_AFTER_MS);
  if (!due) return null;
  return (
    <span class="send-waits" role="img" aria-label={t("sending")}>
      <Icon name="clock" size={18} />
    </span>
  );
}

/** Addresses and telephone numbers become links; everything else stays the text it is. */
function Linked({ text }: { text: string }): JSX.Element {
  return (
    <>
      {piecesOf(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a
            key={index}
            href={piece.href}
            target={piece.href.startsWith("http") ? "_blank" : undefined}
            rel="noopener noreferrer nofollow"
          >
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}
