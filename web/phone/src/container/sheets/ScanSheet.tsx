import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { pickFiles } from "../dialogs";
import { SCAN_EVERY_MS } from "../limits";
import { codeIn, type Found } from "../scan";
import { t } from "../texts";
import { Sheet } from "./Sheet";

interface Props {
  /** A code may also come from a picture. */
  pictures: boolean;
  onAnswer: (found: Found | null) => void;
}

/** wx.scanCode: what the camera sees, or a picture. */
export function ScanSheet({ pictures, onAnswer }: Props): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [note, setNote] = useState("");
  const latest = useRef(onAnswer);
  latest.current = onAnswer;

  const look = async (source: ImageBitmapSource): Promise<boolean> => {
    const code = await codeIn(source);
    if (code) latest.current(code);
    return code !== null;
  };

  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const again = () => {
      timer = setTimeout(() => {
        const ready = (video.current?.videoWidth ?? 0) > 0;
        const looked = ready ? look(video.current!) : Promise.resolve(false);
        looked.then(
          (found) => !found && !gone && again(),
          () => !gone && again(),
        );
      }, SCAN_EVERY_MS);
    };
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (gone) return stop();
      video.current!.srcObject = stream;
      await video.current!.play();
      again();
    };
    const stop = () => {
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    start().catch(() => setNote(t("noCamera")));
    return () => {
      gone = true;
      stop();
    };
  }, []);

  const fromPicture = async () => {
    const [file] = await pickFiles("image/*", 1, null);
    if (!file) return;
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap || !(await look(bitmap).catch(() => false))) setNote(t("noCode"));
  };

  return (
    <Sheet kind="full" label={t("scan")} onClose={() => onAnswer(null)}>
      <div class="mp-scan">
        <video ref={video} muted playsInline aria-label={t("scan")} />
        <p role="status">{note || t("scanHint")}</p>
        <div class="mp-pair">
          <button type="button" class="mp-button mp-grey" onClick={() => onAnswer(null)}>
            {t("cancel")}
          </button>
          {pictures && (
            <button type="button" class="mp-button mp-green" onClick={() => void fromPicture()}>
              {t("album")}
            </button>
          )}
        </div>
      </div>
    </Sheet>
  );
}
