// The picture of an app or account: shown, and replaced by a file that is chosen.

import { Button } from "antd";
import { useRef, useState } from "react";

import type { Media } from "../../../shared/types";
import { api } from "../frame/session";
import { Fault } from "../kit/Fault";
import { Icon } from "../kit/Marks";
import { t } from "./texts";

interface PictureProps {
  name: string;
  url: string | null;
  onPicture: (url: string) => Promise<void>;
}

export function PictureField({ name, url, onPicture }: PictureProps) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function choose(file: File | undefined) {
    if (!file) return;
    setBusy(true);
    setError(null);
    try {
      const form = new FormData();
      form.set("file", file);
      const media = await api.upload<Media>("/media", form);
      await onPicture(media.thumbnail_url || media.url);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  }
  return (
    <div className="picture">
      <Icon url={url} name={name} size={56} />
      <div>
        <Button loading={busy} onClick={() => input.current?.click()}>
          {t("changeIcon")}
        </Button>
        <p className="faint">{t("iconHint")}</p>
      </div>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        hidden
        aria-label={t("changeIcon")}
        onChange={(event) => void choose(event.target.files?.[0])}
      />
      {error !== null && <Fault error={error} />}
    </div>
  );
}
