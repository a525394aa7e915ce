import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import { AppContext } from "../context";
import { fromPhone, toPhone } from "../coordinates";
import { t } from "../texts";
import { Sheet } from "./Sheet";

interface Place {
  latitude: number;
  longitude: number;
  name: string;
  address: string;
}

/** Programs name places in the coordinates of maps of China; the map that opens has those of phones. */
function mapAddress(place: Place): string {
  const { latitude, longitude } = toPhone(place);
  const at = `${latitude.toFixed(6)}/${longitude.toFixed(6)}`;
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${at}`;
}

/** wx.openLocation. */
export function PlaceSheet({ place, onClose }: { place: Place; onClose: () => void }): JSX.Element {
  return (
    <Sheet kind="half" label={place.name || t("place")} onClose={onClose}>
      <h2 class="mp-consent-what" dir="auto">
        {place.name || t("place")}
      </h2>
      {place.address && <p dir="auto">{place.address}</p>}
      <p class="mp-quiet">
        {place.latitude.toFixed(5)}, {place.longitude.toFixed(5)}
      </p>
      <div class="mp-pair">
        <button type="button" class="mp-button mp-grey" onClick={onClose}>
          {t("close")}
        </button>
        <a
          class="mp-button mp-green"
          href={mapAddress(place)}
          target="_blank"
          rel="noreferrer noopener"
        >
          {t("openMap")}
        </a>
      </div>
    </Sheet>
  );
}

interface ChooseProps {
  /** NaN when the program names no place to begin with. */
  latitude: number;
  longitude: number;
  onAnswer: (place: Place | null) => void;
}

/** wx.chooseLocation: the user says where, by hand or by asking the phone. */
export function ChoosePlaceSheet({ latitude, longitude, onAnswer }: ChooseProps): JSX.Element {
  const { app } = useContext(AppContext);
  const [point, setPoint] = useState({ latitude, longitude });
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [failed, setFailed] = useState(false);
  const known = Number.isFinite(point.latitude) && Number.isFinite(point.longitude);
  const locate = () =>
    app.device.location("wgs84", true).then(
      (found) => {
        setFailed(false);
        setPoint(fromPhone(found as { latitude: number; longitude: number }));
      },
      () => setFailed(true),
    );
  return (
    <Sheet kind="half" label={t("choosePlace")} onClose={() => onAnswer(null)}>
      <h2 class="mp-consent-what">{t("choosePlace")}</h2>
      <form
        class="mp-form"
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer({ ...point, name, address });
        }}
      >
        <label>
          {t("placeName")}
          <input
            required
            maxLength={60}
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        <label>
          {t("addressDetail")}
          <input
            maxLength={200}
            value={address}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <p class="mp-quiet" role="status">
          {failed
            ? t("noPosition")
            : known
              ? `${point.latitude.toFixed(5)}, ${point.longitude.toFixed(5)}`
              : t("positionNeeded")}
        </p>
        <button type="button" class="mp-button mp-grey" onClick={() => void locate()}>
          {t("usePosition")}
        </button>
        <div class="mp-pair">
          <button type="button" class="mp-button mp-grey" onClick={() => onAnswer(null)}>
            {t("cancel")}
          </button>
          <button type="submit" class="mp-button mp-green" disabled={!known || name === ""}>
            {t("ok")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
