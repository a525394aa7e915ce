import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MessageContents } from "../../../../shared/types";
import { formatNumber } from "../../../../shared/i18n";
import { Button } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { Modal } from "../../kit/Overlays";
import { readPicture, UnreadablePicture } from "../../kit/picture";
import { t } from "../../texts";

/** The longer and the shorter side of a picture in the chat, in CSS pixels. */
const LONG_SIDE = 150;
const SHORT_SIDE = 56;

export function Picture(content: MessageContents["image"]): JSX.Element {
  const [open, setOpen] = useState(false);
  const { width, height } = shownSize(content.width, content.height);
  return (
    <>
      <button
        type="button"
        class="picture"
        style={{ width, height }}
        aria-label={t("viewPhoto")}
        onClick={() => setOpen(true)}
        data-testid="picture"
      >
        <img src={content.thumbnail_url} alt="" width={width} height={height} loading="lazy" />
      </button>
      {open && <Viewer url={content.url} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Known before the picture is there, so that nothing jumps when it comes. */
function shownSize(width: number, height: number): { width: number; height: number } {
  const scale = LONG_SIDE / Math.max(width, height, 1);
  const fit = (side: number) => Math.max(SHORT_SIDE, Math.round(side * scale));
  return { width: fit(width), height: fit(height) };
}

function Viewer({ url, onClose }: { url: string; onClose: () => void }): JSX.Element {
  return (
    <Modal class="viewer" label={t("photo")} onClose={onClose}>
      <img src={url} alt={t("photo")} onClick={onClose} />
      <div class="viewer-bar">
        <a
          class="viewer-button"
          href={url}
          download
          aria-label={t("savePhoto")}
          title={t("savePhoto")}
        >
          <Icon name="download" />
        </a>
        <button type="button" class="viewer-button" aria-label={t("close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
    </Modal>
  );
}

interface PreviewProps {
  file: File;
  to: string;
  onClose: () => void;
  onSend: (picture: File) => void;
}

export function PicturePreview({ file, to, onClose, onSend }: PreviewProps): JSX.Element {
  const [picture, setPicture] = useState<{ file: File; url: string } | null>(null);
  const [unreadable, setUnreadable] = useState(false);
  useEffect(() => {
    let url: string | null = null;
    let gone = false;
    readPicture(file).then(
      (read) => {
        if (gone) return;
        url = URL.createObjectURL(read);
        setPicture({ file: read, url });
      },
      (reason: unknown) => {
        if (!(reason instanceof UnreadablePicture)) throw reason;
        setUnreadable(true);
      },
    );
    return () => {
      gone = true;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [file]);
  return (
    <Modal class="dialog picture-preview" label={t("sendPhoto")} onClose={onClose}>
      <div class="dialog-body">
        <strong class="dialog-title" dir="auto">
          {t("sendPhotoTo", { name: to })}
        </strong>
        {unreadable && <p role="alert">{t("pictureUnreadable", { name: file.name })}</p>}
        {picture && (
          <>
            <img src={picture.url} alt={file.name} />
            <p class="cell-detail">
              {t("kilobytes", { size: formatNumber(Math.ceil(picture.file.size / 1024)) })}
            </p>
          </>
        )}
      </div>
      <div class="preview-buttons">
        <Button kind="plain" onClick={onClose}>
          {unreadable ? t("close") : t("cancel")}
        </Button>
        {!unreadable && (
          <Button
            disabled={picture === null}
            onClick={() => onSend(picture!.file)}
            data-testid="send-picture"
          >
            {t("send")}
          </Button>
        )}
      </div>
    </Modal>
  );
}
