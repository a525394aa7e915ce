import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../kit/Icon";
import { t } from "../texts";
import { Sheet } from "./Sheet";

interface Props {
  pictures: string[];
  /** Those of them that are videos. */
  videos?: ReadonlySet<string>;
  current: number;
  onClose: () => void;
}

/** wx.previewImage and wx.previewMedia: one at a time, on black. */
export function Preview({ pictures, videos, current, onClose }: Props): JSX.Element {
  const [index, setIndex] = useState(Math.min(current, pictures.length - 1));
  const strip = useRef<HTMLDivElement>(null);
  const count = pictures.length;
  const to = (next: number, behavior: ScrollBehavior = "smooth") => {
    strip.current?.scrollTo({ left: next * strip.current.clientWidth, behavior });
  };
  useEffect(() => to(index, "instant"), []);
  return (
    <Sheet kind="full" label={t("imageOf", { index: index + 1, count })} onClose={onClose}>
      <div
        class="mp-pictures"
        ref={strip}
        tabIndex={0}
        onScroll={(event) =>
          setIndex(
            Math.round(event.currentTarget.scrollLeft / (event.currentTarget.clientWidth || 1)),
          )
        }
        onClick={onClose}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") to(index + 1);
          if (event.key === "ArrowLeft") to(index - 1);
        }}
      >
        {pictures.map((picture, i) => (
          <div key={i}>
            {videos?.has(picture) ? (
              // biome-ignore lint/a11y/useMediaCaption: programs give videos without captions.
              <video src={picture} controls playsInline onClick={(e) => e.stopPropagation()} />
            ) : (
              <img src={picture} alt={t("imageOf", { index: i + 1, count })} />
            )}
          </div>
        ))}
      </div>
      <button type="button" class="mp-picture-x" aria-label={t("close")} onClick={onClose}>
        <Icon name="close" size={22} />
      </button>
      {count > 1 && (
        <p class="mp-picture-count" role="status">
          {index + 1} / {count}
        </p>
      )}
    </Sheet>
  );
}
