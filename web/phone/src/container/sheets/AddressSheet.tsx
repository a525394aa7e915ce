import type { JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { errorText } from "../../kit/Feedback";
import { api } from "../../services";
import { AppContext } from "../context";
import { t } from "../texts";
import { Sheet } from "./Sheet";

/** An address of the user's, as the host keeps it. */
interface Address {
  id: string;
  recipient: string;
  phone: string;
  province: string;
  city: string;
  county: string;
  detail: string;
  postal_code: string;
}

const FIELDS = [
  ["recipient", "recipient", "name"],
  ["phone", "phoneNumber", "tel"],
  ["province", "province", "address-level1"],
  ["city", "city", "address-level2"],
  ["county", "county", "address-level3"],
  ["detail", "addressDetail", "street-address"],
  ["postal_code", "postalCode", "postal-code"],
] as const;

/** What can be left out: not every country has it. */
const OPTIONAL = ["province", "county", "postal_code"];

/** As programs read it. */
const answer = (a: Address) => ({
  userName: a.recipient,
  telNumber: a.phone,
  provinceName: a.province,
  cityName: a.city,
  countyName: a.county,
  detailInfo: a.detail,
  detailInfoNew: a.detail,
  streetName: "",
  postalCode: a.postal_code,
  nationalCode: "",
  nationalCodeFull: "",
});

const EMPTY = Object.fromEntries(FIELDS.map(([name]) => [name, ""])) as unknown as Address;

/** wx.chooseAddress: one of the user's addresses, or a new one. Nothing goes to the app before a tap. */
export function AddressSheet({
  onAnswer,
}: {
  onAnswer: (address: object | null) => void;
}): JSX.Element {
  const { name } = useContext(AppContext).app.info;
  const [addresses, setAddresses] = useState<Address[] | null>(null);
  const [draft, setDraft] = useState<Address | null>(null);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    api.get<{ items: Address[] }>("/me/addresses").then(
      ({ items }) => {
        setAddresses(items);
        if (items.length === 0) setDraft(EMPTY);
      },
      (error: unknown) => setFailure(errorText(error)),
    );
  }, []);
  const keep = async () => {
    try {
      const { id: _, ...fields } = draft!;
      onAnswer(answer(await api.post<Address>("/me/addresses", fields)));
    } catch (error) {
      setFailure(errorText(error));
    }
  };
  const remove = async (id: string) => {
    try {
      await api.delete(`/me/addresses/${id}`);
      setAddresses((all) => all!.filter((one) => one.id !== id));
    } catch (error) {
      setFailure(errorText(error));
    }
  };
  return (
    <Sheet kind="half" label={t("chooseAddress", { name })} onClose={() => onAnswer(null)}>
      <p class="mp-asks">{t("chooseAddress", { name })}</p>
      {failure && <p role="alert">{failure}</p>}
      {draft ? (
        <form
          class="mp-form"
          onSubmit={(event) => {
            event.preventDefault();
            void keep();
          }}
        >
          {FIELDS.map(([field, label, complete]) => (
            <label key={field}>
              {t(label)}
              <input
                required={!OPTIONAL.includes(field)}
                maxLength={200}
                autocomplete={complete}
                value={draft[field]}
                onInput={(event) => setDraft({ ...draft, [field]: event.currentTarget.value })}
              />
            </label>
          ))}
          <div class="mp-pair">
            <button type="button" class="mp-button mp-grey" onClick={() => onAnswer(null)}>
              {t("cancel")}
            </button>
            <button type="submit" class="mp-button mp-green">
              {t("useAddress")}
            </button>
          </div>
        </form>
      ) : (
        <>
          <ul class="mp-addresses">
            {addresses?.map((one) => (
              <li key={one.id}>
                <button type="button" onClick={() => onAnswer(answer(one))}>
                  <strong dir="auto">
                    {one.recipient} {one.phone}
                  </strong>
                  <span dir="auto">
                    {[one.province, one.city, one.county, one.detail].filter(Boolean).join(" ")}
                  </span>
                </button>
                <button
                  type="button"
                  aria-label={t("removeAddress", { name: one.recipient })}
                  onClick={() => void remove(one.id)}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
          <div class="mp-pair">
            <button type="button" class="mp-button mp-grey" onClick={() => onAnswer(null)}>
              {t("cancel")}
            </button>
            <button type="button" class="mp-button mp-green" onClick={() => setDraft(EMPTY)}>
              {t("newAddress")}
            </button>
          </div>
        </>
      )}
    </Sheet>
  );
}
